"""Data sets of videos with class names, and their transforms."""

import importlib
from typing import Any

from .lists.captions import CaptionedVideo, read_captions
from .lists.class_names import (
    class_names_of,
    list_class_names,
    load_class_names,
)
from .lists.overlap import ListOverlap, count_overlap
from .lists.path_resolver import PathResolver, ResolvedPaths

# They import MMAction2's, which takes longer than reading a list.
LATE = (
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
)
__all__ = [
    *LATE,
    'CaptionedVideo',
    'ListOverlap',
    'PathResolver',
    'ResolvedPaths',
    'class_names_of',
    'count_overlap',
    'list_class_names',
    'load_class_names',
    'read_captions',
]


def __getattr__(name: str) -> Any:
    """Import what is slow to import when it is used."""
    if name not in LATE:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(importlib.import_module('.registered', __name__), name)
