from typing import Any

import torch

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import ClassTexts, hard_labels, tokenize


@MODELS.register_module(name=['SampledClassTexts', 'CandidateTexts'])
class SampledClassTexts(ClassTexts):
    """A5: in training, the classes of the batch and some others.

    The others are drawn at random until there are ``num`` classes; with no
    more than ``num`` classes in all these are :class:`ClassTexts`, as they
    are in evaluation.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        num: Classes that a video is compared with in training.
        kwargs: Of :class:`ClassTexts`, with one template.

    Raises:
        UserError: If ``num`` leaves nothing to compare.
    """

    def __init__(self, tokenizer: Any, num: int = 400, **kwargs) -> None:
        super().__init__(tokenizer, **kwargs)
        if num < 2:
            raise UserError(f'num={num}, expected at least 2 classes')
        self.num = num

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """The texts of ``num`` classes in training, of all in evaluation.

        Args:
            data_samples: Samples with a ``gt_label``; read in training.
        """
        tokens = super().forward()
        total = len(self.class_names)
        if not self.training or data_samples is None or total <= self.num:
            return tokens
        present = hard_labels(data_samples).unique()
        others = torch.ones(total, dtype=torch.bool)
        others[present] = False
        others = others.nonzero()[:, 0]
        drawn = others[torch.randperm(len(others))]
        drawn = drawn[: max(0, self.num - len(present))]
        classes = torch.cat([present, drawn])
        lines = (self.templates[0](self.class_names[c]) for c in classes)
        return tokenize(lines)._replace(targets=classes)
