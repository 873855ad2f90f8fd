"""Folders of videos: what classes they have, and how they are divided."""

from .layout import FolderVideo, VideoFolder, read_folder
from .sources import find_sources_of
from .split import Side, draw_split

__all__ = [
    'FolderVideo',
    'Side',
    'VideoFolder',
    'draw_split',
    'find_sources_of',
    'read_folder',
]
