"""CLIP models: their architectures, files and fine-tuned versions."""

from .loader import load_clip

__all__ = ['load_clip']
