"""Texts: what each video is compared with."""

from .batch_description_texts import BatchDescriptionTexts
from .batch_label_texts import BatchLabelTexts
from .caption_texts import CaptionTexts
from .class_texts import ClassTexts
from .description_template import DescriptionTemplate
from .description_texts import DescriptionTexts
from .random_template_texts import RandomTemplateTexts
from .sampled_class_texts import SampledClassTexts
from .template import Template
from .templated_description_texts import TemplatedDescriptionTexts
from .two_level_texts import TwoLevelTexts

__all__ = [
    'BatchDescriptionTexts',
    'BatchLabelTexts',
    'CaptionTexts',
    'ClassTexts',
    'DescriptionTemplate',
    'DescriptionTexts',
    'RandomTemplateTexts',
    'SampledClassTexts',
    'Template',
    'TemplatedDescriptionTexts',
    'TwoLevelTexts',
]
