"""Transforms that MMAction2 lacks or computes otherwise."""

from vlprompt import compat

from .clip_color_jitter import ClipColorJitter
from .multi_view_segment_sample import MultiViewSegmentSample

__all__ = ['ClipColorJitter', 'MultiViewSegmentSample']

compat.mend_color_jitter()
