import torch
from mmengine.dist import broadcast
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import ClassTexts
from .description_texts import select_texts


@MODELS.register_module()
class RandomTemplateTexts(ClassTexts):
    """In training, one template for each step, the same for all classes.

    So a text tower that learns reads a class once a step however many
    templates there are.  In evaluation a class is what all of them add up
    to, as in :class:`ClassTexts`, whose arguments it has.
    """

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """The C texts of a template in training, else R * C, by template.

        Args:
            data_samples: Not used: all classes are compared, not samples.
        """
        tokens = super().forward()
        if not self.training:
            return tokens
        places = torch.randint(len(self.templates), (1,))
        broadcast(places)  # all processes encode their share of one list
        num = len(self.class_names)
        places = places * num + torch.arange(num)
        return select_texts(tokens, places)._replace(drawn=places)

    def combine(self, embeddings: Tensor) -> Tensor:
        """(C, E) of one template as it is, (R * C, E) to the (C, E) mean."""
        if len(embeddings) == len(self.class_names):
            return embeddings
        return super().combine(embeddings)
