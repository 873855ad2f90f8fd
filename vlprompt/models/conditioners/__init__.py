"""Conditioners: texts that depend on the video."""

from .video_conditional_prompts import VideoConditionalPrompts
from .video_specific_prompts import VideoSpecificPrompts

__all__ = ['VideoConditionalPrompts', 'VideoSpecificPrompts']
