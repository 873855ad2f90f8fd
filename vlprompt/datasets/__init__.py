"""Data sets of videos with class names, and their transforms."""

from .captions import CaptionedVideo, read_captions
from .class_names import list_class_names, load_class_names
from .list_overlap import ListOverlap, count_overlap
from .path_resolver import PathResolver, ResolvedPaths
from .transforms import (
    ClipColorJitter,
    ClipRandAugment,
    FirstSeconds,
    MultiViewSegmentSample,
    PILResize,
    SecondsSample,
)
from .video_caption_dataset import VideoCaptionDataset
from .video_class_dataset import VideoClassDataset

__all__ = [
    'CaptionedVideo',
    'ClipColorJitter',
    'ClipRandAugment',
    'ListOverlap',
    'FirstSeconds',
    'MultiViewSegmentSample',
    'PILResize',
    'PathResolver',
    'ResolvedPaths',
    'SecondsSample',
    'VideoCaptionDataset',
    'VideoClassDataset',
    'count_overlap',
    'list_class_names',
    'load_class_names',
    'read_captions',
]
