"""Data sets of videos with class names, and their transforms."""

from vlprompt.late import late_getattr

from . import transforms
from .lists.captions import CaptionedVideo, read_captions
from .lists.class_names import (
    class_names_of,
    list_class_names,
    load_class_names,
)
from .lists.overlap import ListOverlap, count_overlap
from .lists.path_resolver import PathResolver, ResolvedPaths

# Everything that a config can name; the registries are made of it, too.
LATE = {
    **{name: f'.transforms{file}' for name, file in transforms.LATE.items()},
    'VideoCaptionDataset': '.video_caption_dataset',
    'VideoClassDataset': '.video_class_dataset',
    'VideoFolderDataset': '.video_folder_dataset',
}
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
__getattr__ = late_getattr(__name__, LATE)
