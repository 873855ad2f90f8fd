"""What runs around a model: hooks and schedules."""

from .hooks import (
    AccumulationHook,
    BrokenVideosHook,
    ClampLogitScaleHook,
    ClassListHook,
    EpochSeedHook,
    ListCheckHook,
    RetrievalHook,
)
from .schedulers import WarmupCosineLR

__all__ = [
    'AccumulationHook',
    'BrokenVideosHook',
    'ClampLogitScaleHook',
    'ClassListHook',
    'EpochSeedHook',
    'ListCheckHook',
    'RetrievalHook',
    'WarmupCosineLR',
]
