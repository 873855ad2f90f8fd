"""Data sets of videos with class names, and their transforms."""

from vlprompt.late import late_getattr

from . import lists, transforms
from .lists import *

# Everything that a config can name; the registries are made of it, too.
LATE = {
    **{name: f'.transforms{file}' for name, file in transforms.LATE.items()},
    'VideoCaptionDataset': '.video_caption_dataset',
    'VideoClassDataset': '.video_class_dataset',
}
__all__ = [*LATE, *lists.__all__]
__getattr__ = late_getattr(__name__, LATE)
