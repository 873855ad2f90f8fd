"""Data sets and transforms that configs name: what the registries import."""

from .transforms import (
    ClipColorJitter,
    ClipRandAugment,
    FirstSeconds,
    MultiViewSegmentSample,
    PILResize,
    SecondsSample,
    VideoDecode,
    VideoInit,
)
from .video_caption_dataset import VideoCaptionDataset
from .video_class_dataset import VideoClassDataset

__all__ = [
    'ClipColorJitter',
    'ClipRandAugment',
    'FirstSeconds',
    'MultiViewSegmentSample',
    'PILResize',
    'SecondsSample',
    'VideoCaptionDataset',
    'VideoClassDataset',
    'VideoDecode',
    'VideoInit',
]
