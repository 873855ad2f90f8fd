"""What runs around a model: hooks and schedules."""

from .hooks import BrokenVideosHook, ClassListHook, EpochSeedHook
from .schedulers import WarmupCosineLR

__all__ = [
    'BrokenVideosHook',
    'ClassListHook',
    'EpochSeedHook',
    'WarmupCosineLR',
]
