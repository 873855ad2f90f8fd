"""Prompt learning for video: image CLIP adapted with MMEngine's parts."""

from . import compat, threads
from .version import __version__

__all__ = ['__version__']

threads.wait_without_spinning()  # has no effect once PyTorch is imported
compat.install()
