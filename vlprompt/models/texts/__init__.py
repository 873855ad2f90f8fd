"""Texts: what each video is compared with."""

from .class_texts import ClassTexts
from .template import Template

__all__ = ['ClassTexts', 'Template']
