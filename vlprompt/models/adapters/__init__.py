"""Adapters: what a layer of the vision tower attends to or computes."""

from .aim_adapter import AIMAdapter
from .bottleneck_adapter import BottleneckAdapter
from .inside_part import InsidePart
from .message_token import MessageToken
from .st_adapter import PreAttentionSTAdapter, PreMLPSTAdapter
from .temporal_shift import TemporalShift
from .temporal_token import TemporalToken
from .token_drop_path import TokenDropPath
from .vita_tokens import VitaTokens

__all__ = [
    'AIMAdapter',
    'BottleneckAdapter',
    'InsidePart',
    'MessageToken',
    'PreAttentionSTAdapter',
    'PreMLPSTAdapter',
    'TemporalShift',
    'TemporalToken',
    'TokenDropPath',
    'VitaTokens',
]
