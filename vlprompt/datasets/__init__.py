"""Data sets of videos with class names, and their transforms."""

from .class_names import list_class_names, load_class_names
from .transforms import (
    ClipColorJitter,
    ClipRandAugment,
    MultiViewSegmentSample,
    SecondsSample,
)
from .video_class_dataset import VideoClassDataset

__all__ = [
    'ClipColorJitter',
    'ClipRandAugment',
    'MultiViewSegmentSample',
    'SecondsSample',
    'VideoClassDataset',
    'list_class_names',
    'load_class_names',
]
