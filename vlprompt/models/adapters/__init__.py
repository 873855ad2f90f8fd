"""Adapters: what a layer of the vision tower attends to or computes."""

from .aim_adapter import AIMAdapter
from .head_shift import HeadShift
from .inside_part import InsidePart
from .joint_frames import JointFrames
from .linear_adapter import LinearAdapter
from .message_token import MessageToken
from .neighbor_kv import NeighborKV
from .temporal_shift import TemporalShift
from .vita_tokens import VitaTokens

__all__ = [
    'AIMAdapter',
    'HeadShift',
    'InsidePart',
    'JointFrames',
    'LinearAdapter',
    'MessageToken',
    'NeighborKV',
    'TemporalShift',
    'VitaTokens',
]
