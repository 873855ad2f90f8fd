"""Texts: what each video is compared with."""

from .batch_label_texts import BatchLabelTexts
from .candidate_texts import CandidateTexts
from .caption_texts import CaptionTexts
from .class_texts import ClassTexts
from .template import Template

__all__ = [
    'BatchLabelTexts',
    'CandidateTexts',
    'CaptionTexts',
    'ClassTexts',
    'Template',
]
