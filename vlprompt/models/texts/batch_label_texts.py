import torch

from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import ClassTexts, hard_labels, tokenize


@MODELS.register_module(name=['BatchLabelTexts', 'LabelTexts'])
class BatchLabelTexts(ClassTexts):
    """ActionCLIP: in training, each video meets the texts of its batch.

    The text of a video is that of its class in a template drawn at random.
    In evaluation the texts are those of all classes, as in
    :class:`ClassTexts`, whose arguments it has.
    """

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """One text for each of B labelled samples, in training.

        Args:
            data_samples: Samples with a ``gt_label``; read in training.
        """
        tokens = super().forward()
        if not self.training or data_samples is None:
            return tokens
        labels = hard_labels(data_samples)
        drawn = torch.randint(len(self.templates), (len(labels),))
        lines = (
            self.templates[r](self.class_names[c])
            for r, c in zip(drawn.tolist(), labels.tolist(), strict=True)
        )
        return tokenize(lines)._replace(targets=labels)
