"""Transforms that MMAction2 lacks or computes otherwise."""

from .clip_color_jitter import ClipColorJitter
from .clip_rand_augment import ClipRandAugment
from .decord_decode import DecordDecode
from .decord_init import DecordInit
from .first_seconds import FirstSeconds
from .multi_view_segment_sample import MultiViewSegmentSample
from .pil_resize import PILResize
from .seconds_sample import SecondsSample
from .video_decode import VideoDecode
from .video_init import VideoInit

__all__ = [
    'ClipColorJitter',
    'ClipRandAugment',
    'DecordDecode',
    'DecordInit',
    'FirstSeconds',
    'MultiViewSegmentSample',
    'PILResize',
    'SecondsSample',
    'VideoDecode',
    'VideoInit',
]
