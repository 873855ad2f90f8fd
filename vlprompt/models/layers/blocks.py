"""New transformer blocks of CLIP's kind."""

from functools import partial

from open_clip.transformer import LayerNorm, ResidualAttentionBlock
from torch import nn

from .quick_gelu import QuickGELU

__all__ = ['LayerNorm', 'QuickGELU', 'make_blocks']


def make_blocks(
    num: int, width: int, heads: int | None = None, eps: float = 1e-5
) -> nn.ModuleList:
    """Pre-norm blocks with QuickGELU, as in OpenAI's CLIP.

    Args:
        num: Number of blocks.
        width: Their width, D.
        heads: Attention heads; one for each 64 of the width if not given.
        eps: Of the layer norms.
    """
    return nn.ModuleList(
        ResidualAttentionBlock(
            width,
            heads or max(1, width // 64),
            act_layer=QuickGELU,
            norm_layer=partial(LayerNorm, eps=eps),
        )
        for _ in range(num)
    )
