import math

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..towers.layer import Layer, Queries, join

# Of T2L's start: as if patches had 16 x 16 pixels, whatever they have
PATCH = 3 * 16 * 16


@MODELS.register_module()
class TemporalToken(BaseModule):
    """T2L, EZ-CLIP: a token from the other frames that each frame reads.

    The mean token of each frame and a free vector for its place in the clip
    go through the layer's own attention, over the frames.  Each frame then
    attends to its result, which lives for one layer.  It uses the block and
    therefore has to be the last in the list of adapters.

    Args:
        width: Width of the tower, D.
        num_frames: T.  A clip of ``m * T`` frames is treated as m clips of
            T frames that follow each other, as the released code does.
        dropout: Of the free vectors.
    """

    inside_block = True

    def __init__(
        self, width: int, num_frames: int, dropout: float = 0.1
    ) -> None:
        super().__init__()
        bound = math.sqrt(6 / (PATCH + width))
        vectors = torch.empty(num_frames, width).uniform_(-bound, bound)
        self.vectors = nn.Parameter(vectors)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        tokens: Tensor,
        layer: Layer,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them.

        Raises:
            UserError: If the number of frames is not a multiple of T.
        """
        frames, num = tokens.size(1), len(self.vectors)
        if frames % num:
            raise UserError(
                f'clips of {frames} frames given, this TemporalToken takes a '
                f'multiple of {num}'
            )
        vectors = self.dropout(self.vectors).to(tokens.dtype)
        # (B, m * T, L, D) -> (B, m, T, D)
        means = tokens.mean(dim=2).unflatten(1, (-1, num))
        told = layer.tokenwise().attend(means + vectors)
        # (B, m, T, D) -> (B, m * T, 1, D)
        told = told.flatten(1, 2).unsqueeze(2).to(tokens.dtype)
        return layer(tokens, context=join(context, told), queries=queries)
