"""Adapters: what a layer of the vision tower attends to or computes."""

from .aim_adapter import AIMAdapter
from .bottleneck_adapter import BottleneckAdapter
from .head_shift import HeadShift
from .inside_part import InsidePart
from .joint_frames import JointFrames
from .linear_adapter import LinearAdapter
from .lora import LoRA
from .message_token import MessageToken
from .neighbor_kv import NeighborKV
from .st_adapter import PreAttentionSTAdapter, PreMLPSTAdapter
from .temporal_context import TemporalContext
from .temporal_shift import TemporalShift
from .temporal_token import TemporalToken
from .token_drop_path import TokenDropPath
from .vita_tokens import VitaTokens

__all__ = [
    'AIMAdapter',
    'BottleneckAdapter',
    'HeadShift',
    'InsidePart',
    'JointFrames',
    'LinearAdapter',
    'LoRA',
    'MessageToken',
    'PreAttentionSTAdapter',
    'PreMLPSTAdapter',
    'NeighborKV',
    'TemporalContext',
    'TemporalShift',
    'TemporalToken',
    'TokenDropPath',
    'VitaTokens',
]
