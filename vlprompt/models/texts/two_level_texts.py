from collections.abc import Sequence
from typing import Any

import torch

from vlprompt.datasets.lists.descriptions import Given, describe_classes
from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import ClassTexts, hard_labels, tokenize
from .description_template import DescriptionTemplate
from .description_texts import (
    check_equal,
    select_texts,
    warn_of_truncated,
)


@MODELS.register_module()
class TwoLevelTexts(ClassTexts):
    """OST: sentences about what a class looks like and how it proceeds.

    There are M of each for every class: texts are (2 * M * C), the M * C
    spatial ones first, sentence after sentence.  In training there are those
    of the labels of the batch alone, (2 * M * B), in evaluation those of all
    classes.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        spatial: Sentences about what is seen, see :class:`DescriptionTexts`.
        temporal: Sentences about what happens.
        spatial_template: See :class:`DescriptionTemplate`.
        temporal_template: The same.
        classes: Class names to begin with, for use without a data set.

    Raises:
        UserError: If a template is not as it should be.
    """

    def __init__(
        self,
        tokenizer: Any,
        spatial: Given | Sequence[Given],
        temporal: Given | Sequence[Given],
        spatial_template: str = 'This is a video about {text}',
        temporal_template: str = 'A video of {name} usually includes {text}',
        classes: Sequence[str] | None = None,
    ) -> None:
        super().__init__(tokenizer, template='{}', ensemble='probability')
        self.levels = [spatial, temporal]
        self.forms = [
            DescriptionTemplate(template, tokenizer)
            for template in (spatial_template, temporal_template)
        ]
        self.templates = [form.outer for form in self.forms]
        if classes is not None:
            self.set_classes(classes)

    def tokenize_classes(self, names: Sequence[str]) -> TokenizedTexts:
        """(2 * M * C) texts of C classes.

        Raises:
            UserError: If a class lacks sentences, or they are not M of each.
        """
        lines, numbers = [], []
        for descriptions, form in zip(self.levels, self.forms, strict=True):
            found, source = describe_classes(descriptions, names)
            check_equal(names, [len(own) for own in found], source)
            numbers.append(len(found[0]))
            own = [
                form(name, sentences[m])
                for m in range(len(found[0]))
                for name, sentences in zip(names, found, strict=True)
            ]
            if tuple(names) != self.class_names:
                warn_of_truncated(own, source)
            lines += own
        if len({*numbers}) > 1:
            raise UserError(
                f'{numbers[0]} spatial and {numbers[1]} temporal sentences '
                'of a class, expected as many of each'
            )
        return tokenize(lines)

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """The texts of B labelled samples in training, else of all classes.

        Args:
            data_samples: Samples with a ``gt_label``; read in training.
        """
        tokens = super().forward()
        if not self.training or data_samples is None:
            return tokens
        labels = hard_labels(data_samples)
        # (2 * M, C) places -> (2 * M * B)
        places = torch.arange(len(tokens.ids)).unflatten(
            0, (-1, len(self.class_names))
        )
        chosen = select_texts(tokens, places[:, labels].flatten())
        return chosen._replace(targets=labels)
