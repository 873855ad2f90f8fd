from collections.abc import Sequence

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS


@MODELS.register_module()
class DeepPrompts(BaseModule):
    """Free prompt vectors for some layers of one tower (VPT, MaPLe).

    Args:
        num: Prompt tokens per layer, K.
        width: Width of the tower, D.
        depth: Number of layers of the tower.
        layers: The layers that get prompts of their own; all if not given.
        std: Standard deviation of the initial vectors.
        init_vectors: For each of the K tokens the (D,) word embedding it
            starts from in the first layer, or None for a random start.
    """

    def __init__(
        self,
        num: int,
        width: int,
        depth: int,
        layers: Sequence[int] | None = None,
        std: float = 0.02,
        init_vectors: Sequence[Tensor | None] = (),
    ) -> None:
        super().__init__()
        self.depth = depth
        self.layers = tuple(range(depth) if layers is None else layers)
        self.vectors = nn.Parameter(torch.empty(len(self.layers), num, width))
        nn.init.normal_(self.vectors, std=std)
        for k, vector in enumerate(init_vectors):
            if vector is not None and self.layers:
                self.vectors.data[0, k] = vector

    @property
    def num(self) -> int:
        """Prompt tokens per layer."""
        return self.vectors.size(1)

    def forward(self, slots: Tensor | None = None) -> list[Tensor | None]:
        """For each layer (K, D) prompts, or None.

        Args:
            slots: Not used: the prompts are the same wherever they stand.
        """
        prompts: list[Tensor | None] = [None] * self.depth
        for vectors, i in zip(self.vectors, self.layers, strict=True):
            prompts[i] = vectors
        return prompts
