"""Recognizers: the wiring of parts."""

from .video_text_recognizer import VideoTextRecognizer

__all__ = ['VideoTextRecognizer']
