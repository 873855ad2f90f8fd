from collections.abc import Callable

import torch
from mmengine.model import BaseModule
from torch import Tensor
from torch.nn import functional as F

from vlprompt.registry import MODELS

from ..towers.layer import Queries


@MODELS.register_module()
class TemporalShift(BaseModule):
    """TSM in a transformer (ActionCLIP's in-network prompt).

    Before a layer, the first part of the channels of every patch token comes
    from the next frame and the second from the one before, zeros beyond the
    ends.  The class token stays.  Any number of frames.

    Args:
        num_patches: Patch tokens of a frame; given by the tower.
        divisor: Each of both parts is 1 / divisor of the channels.
    """

    inside_block = False
    needs_class_token = True

    def __init__(self, num_patches: int, divisor: int = 8) -> None:
        super().__init__()
        self.num_patches = num_patches
        self.divisor = divisor

    def forward(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them, shifted."""
        places = (1, self.num_patches, tokens.size(2) - 1 - self.num_patches)
        cls, patches, others = tokens.split(places, dim=2)
        fold = tokens.size(-1) // self.divisor
        later, earlier, rest = patches.split(
            (fold, fold, tokens.size(-1) - 2 * fold), dim=-1
        )
        # zeros before the first or after the last frame
        later = F.pad(later[:, 1:], (0, 0, 0, 0, 0, 1))
        earlier = F.pad(earlier[:, :-1], (0, 0, 0, 0, 1, 0))
        patches = torch.cat([later, earlier, rest], dim=-1)
        tokens = torch.cat([cls, patches, others], dim=2)
        return layer(tokens, context=context, queries=queries)
