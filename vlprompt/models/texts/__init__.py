"""Texts: what each video is compared with."""

from .candidate_texts import CandidateTexts
from .caption_texts import CaptionTexts
from .class_texts import ClassTexts
from .label_texts import LabelTexts
from .template import Template

__all__ = [
    'CandidateTexts',
    'CaptionTexts',
    'ClassTexts',
    'LabelTexts',
    'Template',
]
