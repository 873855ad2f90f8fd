"""Transforms that MMAction2 lacks or computes otherwise."""

from vlprompt import compat

from .clip_color_jitter import ClipColorJitter
from .clip_rand_augment import ClipRandAugment
from .multi_view_segment_sample import MultiViewSegmentSample
from .seconds_sample import SecondsSample

__all__ = [
    'ClipColorJitter',
    'ClipRandAugment',
    'MultiViewSegmentSample',
    'SecondsSample',
]

compat.mend_color_jitter()
