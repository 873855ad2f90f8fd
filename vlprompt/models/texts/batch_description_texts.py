from typing import Any

from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import hard_labels
from .description_texts import DescriptionTexts, draw_below, select_texts


@MODELS.register_module()
class BatchDescriptionTexts(DescriptionTexts):
    """In training, each video meets sentences about the classes of its batch.

    The text of a video is one sentence, drawn at random, about its class, as
    for in-batch losses.  In evaluation a class is the mean of its sentences.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        descriptions: See :class:`DescriptionTexts`.
        kwargs: Of :class:`DescriptionTexts`, without ``use``.
    """

    def __init__(self, tokenizer: Any, descriptions: Any, **kwargs) -> None:
        super().__init__(tokenizer, descriptions, use='mean', **kwargs)

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """One text for each of B labelled samples, in training.

        Args:
            data_samples: Samples with a ``gt_label``; read in training.
        """
        tokens = super().forward()
        if not self.training or data_samples is None:
            return tokens
        labels = hard_labels(data_samples)
        places = self.starts()[labels] + draw_below(self.counts[labels])
        return select_texts(tokens, places)._replace(targets=labels)
