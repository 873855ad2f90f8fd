"""New transformer blocks of CLIP's kind, over frames or texts."""

from functools import partial

from open_clip.transformer import LayerNorm, ResidualAttentionBlock
from torch import Tensor, nn

from vlprompt.errors import UserError

from ..towers.layer import Layer
from .quick_gelu import QuickGELU

__all__ = [
    'LayerNorm',
    'QuickGELU',
    'copy_text_blocks',
    'make_blocks',
    'run_blocks',
]
HIDDEN = -1e6  # what CLIP4Clip adds to the scores of padding


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


def run_blocks(
    blocks: nn.ModuleList, tokens: Tensor, mask: Tensor | None
) -> Tensor:
    """(B, L, E) tokens, of which a (B, L) mask hides some, through blocks."""
    bias = None
    if mask is not None:
        # (B, L) -> (B * heads, L, L)
        bias = HIDDEN * (~mask).to(tokens.dtype)
        bias = bias.repeat_interleave(blocks[0].attn.num_heads, dim=0)
        bias = bias[:, None].expand(-1, tokens.size(1), -1)
    tokens = tokens.unsqueeze(1)  # (B, 1, L, E)
    for block in blocks:
        tokens = Layer(block, bias)(tokens)
    return tokens.squeeze(1)


def copy_text_blocks(
    text: nn.Module | None, blocks: nn.ModuleList, positions: nn.Parameter
) -> None:
    """CLIP4Clip: start from the first blocks and positions of a text tower.

    Raises:
        UserError: If there is no text tower, or it is too small.
    """
    if text is None:
        raise UserError("init='text' needs a CLIP with a text tower")
    text_blocks = text.transformer.resblocks
    table = text.positional_embedding
    num, width = positions.shape
    if len(blocks) > len(text_blocks) or table[:num].shape != positions.shape:
        raise UserError(
            f'{len(blocks)} blocks and {num} positions of width {width} '
            f'cannot start from a text tower of {len(text_blocks)} blocks and '
            f'{len(table)} positions of width {table.size(1)}'
        )
    positions.data.copy_(table[:num])
    for block, source in zip(blocks, text_blocks[: len(blocks)], strict=True):
        block.load_state_dict(source.state_dict())
