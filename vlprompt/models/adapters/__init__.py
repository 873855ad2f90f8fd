"""Adapters: what a layer of the vision tower attends to or computes."""

from .aim_adapter import AIMAdapter
from .inside_part import InsidePart
from .message_token import MessageToken
from .temporal_shift import TemporalShift
from .vita_tokens import VitaTokens

__all__ = [
    'AIMAdapter',
    'InsidePart',
    'MessageToken',
    'TemporalShift',
    'VitaTokens',
]
