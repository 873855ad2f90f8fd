import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS


@MODELS.register_module()
class PositionPrompts(BaseModule):
    """A5: a table of vectors for the places of a text, in the first layer.

    The learnable tokens of a text take the vectors of the places they stand
    at, so those behind a class name depend on its length: template
    ``'[16] {} [16]'``.

    Args:
        width: Width of the text tower, D.
        depth: Number of its layers.
        length: Places, L.
        std: Standard deviation of the initial vectors.
    """

    layers = (0,)
    num = None  # as many as the template says

    def __init__(
        self, width: int, depth: int, length: int = 77, std: float = 0.01
    ) -> None:
        super().__init__()
        self.depth = depth
        self.vectors = nn.Parameter(std * torch.randn(length, width))

    def forward(self, slots: Tensor | None = None) -> list[Tensor | None]:
        """(C, K) places to (C, K, D) prompts of layer 0, None elsewhere.

        Without places there are no texts, and no prompts either.
        """
        if slots is None:
            return [None] * self.depth
        return [self.vectors[slots], *[None] * (self.depth - 1)]
