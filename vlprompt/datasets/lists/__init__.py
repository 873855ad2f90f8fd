"""Lists of videos, captions and class names, and the files they name."""

from .captions import CaptionedVideo, read_captions
from .class_names import (
    class_names_of,
    list_class_names,
    load_class_names,
)
from .overlap import ListOverlap, count_overlap
from .path_resolver import PathResolver, ResolvedPaths

__all__ = [
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
