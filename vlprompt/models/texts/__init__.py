"""Texts: what each video is compared with."""

from .batch_label_texts import BatchLabelTexts
from .caption_texts import CaptionTexts
from .class_texts import ClassTexts
from .sampled_class_texts import SampledClassTexts
from .template import Template

__all__ = [
    'BatchLabelTexts',
    'CaptionTexts',
    'ClassTexts',
    'SampledClassTexts',
    'Template',
]
