from collections.abc import Sequence

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS


@MODELS.register_module()
class ClassPrompts(BaseModule):
    """CoOp, Vita-CLIP: prompt vectors for each class, in the first layer.

    They belong to the classes they were learned for, in the same order, and
    say nothing about others.

    Args:
        num_classes: C.
        num: Prompt tokens of a class, K.
        width: Width of the text tower, D.
        depth: Number of its layers.
        std: Standard deviation of the initial vectors.
        init_vectors: Word embeddings tokens start from; refused, as the
            published code ignores class-specific prompts then.
    """

    layers = (0,)

    def __init__(
        self,
        num_classes: int,
        num: int,
        width: int,
        depth: int,
        std: float = 0.02,
        init_vectors: Sequence[Tensor | None] = (),
    ) -> None:
        super().__init__()
        if any(vector is not None for vector in init_vectors):
            raise UserError(
                'prompts of each class start at random: give their number in '
                "the template, '[8] {}.', not words"
            )
        self.depth = depth
        self.vectors = nn.Parameter(std * torch.randn(num_classes, num, width))

    @property
    def num(self) -> int:
        """Prompt tokens of a class."""
        return self.vectors.size(1)

    def forward(self, slots: Tensor | None = None) -> list[Tensor | None]:
        """(C, K) places to (C, K, D) prompts of layer 0, None elsewhere.

        Without places there are no texts, and no prompts either.

        Raises:
            UserError: If there are other texts than classes.
        """
        if slots is None:
            return [None] * self.depth
        if len(slots) != len(self.vectors):
            raise UserError(
                f'{len(slots)} class texts given, these prompts were made '
                f'for {len(self.vectors)} classes and mean nothing to others'
            )
        return [self.vectors, *[None] * (self.depth - 1)]
