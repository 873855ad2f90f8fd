"""What runs around a model: hooks and schedules."""

from .hooks import (
    BrokenVideosHook,
    ClampLogitScaleHook,
    ClassListHook,
    EpochSeedHook,
    ListCheckHook,
    RetrievalHook,
)
from .schedulers import WarmupCosineLR

__all__ = [
    'BrokenVideosHook',
    'ClampLogitScaleHook',
    'ClassListHook',
    'EpochSeedHook',
    'ListCheckHook',
    'RetrievalHook',
    'WarmupCosineLR',
]
