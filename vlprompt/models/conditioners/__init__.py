"""Conditioners: texts that depend on the video."""

from .video_specific_prompts import VideoSpecificPrompts

__all__ = ['VideoSpecificPrompts']
