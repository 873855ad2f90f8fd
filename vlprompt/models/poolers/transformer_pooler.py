import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..layers.blocks import make_blocks
from ..towers.layer import Layer
from .sequence_pooler import SequencePooler, check_frames

HIDDEN = -1e6  # what CLIP4Clip adds to the scores of padding


@MODELS.register_module()
class TransformerPooler(SequencePooler):
    """CLIP blocks over the frame embeddings, with learnt positions.

    ActionCLIP's Transf (6 layers, residual, ``eps=1e-12``), X-CLIP's
    multi-frame integration (1 layer, residual), A5 and A6 (no residual,
    PyTorch's start) and CLIP4Clip's seqTransf (4 layers, residual, started
    from CLIP's text tower, then :class:`UnitMeanPooler`).  No final norm.
    Clips of fewer frames than positions use the first positions.

    Args:
        embed_dim: Width of the embeddings, E.
        num_layers: Blocks.
        num_positions: Frames at most.
        heads: Attention heads; one for each 64 of E if not given.
        residual: Whether the frames are added to the result.
        start: How linear maps begin: ``'normal'``, with deviation 0.02 and
            no bias but for the packed query, key and value map;
            ``'torch'``, PyTorch's way; or ``'text'``, the first blocks and
            positions of CLIP's text tower.
        position_std: Standard deviation the positions start with.
        eps: Of the layer norms.
        then: Config of the pooler that follows.
        text: CLIP's text tower; given by the recognizer, not kept.
    """

    def __init__(
        self,
        embed_dim: int,
        num_layers: int = 6,
        num_positions: int = 77,
        heads: int | None = None,
        residual: bool = True,
        start: str = 'normal',
        position_std: float = 0.02,
        eps: float = 1e-5,
        then: dict | None = None,
        text: nn.Module | None = None,
    ) -> None:
        super().__init__(residual, then)
        self.positions = nn.Parameter(
            position_std * torch.randn(num_positions, embed_dim)
        )
        if start == 'text' and text is not None:
            heads = heads or text.heads
        self.blocks = make_blocks(num_layers, embed_dim, heads, eps)
        if start == 'normal':
            self.blocks.apply(_start_normal)
        elif start == 'text':
            copy_text_blocks(text, self.blocks, self.positions)
        elif start != 'torch':
            raise UserError(
                f"start={start!r}, expected 'normal', 'torch' or 'text'"
            )

    def mix(self, frames: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, E) frames to (B, T, E).

        Raises:
            UserError: If there are more frames than positions.
        """
        check_frames(frames.size(1), len(self.positions), 'TransformerPooler')
        tokens = frames + self.positions[: frames.size(1)].to(frames.dtype)
        return run_blocks(self.blocks, tokens, mask)


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
        raise UserError("start='text' needs a CLIP with a text tower")
    theirs = text.transformer.resblocks
    table = text.positional_embedding
    num, width = positions.shape
    if len(blocks) > len(theirs) or num > len(table) or width != table.size(1):
        raise UserError(
            f'{len(blocks)} blocks and {num} positions of width {width} '
            f'cannot start from a text tower of {len(theirs)} blocks and '
            f'{len(table)} positions of width {table.size(1)}'
        )
    positions.data.copy_(table[:num])
    for own, block in zip(blocks, theirs[: len(blocks)], strict=True):
        own.load_state_dict(block.state_dict())


def _start_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
