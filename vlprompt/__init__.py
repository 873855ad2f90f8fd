"""Prompt learning for video: image CLIP adapted with MMEngine's parts."""

from . import compat
from .version import __version__

__all__ = ['__version__']

compat.install()
