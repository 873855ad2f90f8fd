"""Transforms that MMAction2 lacks or computes otherwise."""

from vlprompt import compat

from .clip_color_jitter import ClipColorJitter
from .clip_rand_augment import ClipRandAugment
from .first_seconds import FirstSeconds
from .multi_view_segment_sample import MultiViewSegmentSample
from .pil_resize import PILResize
from .seconds_sample import SecondsSample

__all__ = [
    'ClipColorJitter',
    'ClipRandAugment',
    'FirstSeconds',
    'MultiViewSegmentSample',
    'PILResize',
    'SecondsSample',
]

compat.mend_color_jitter()
