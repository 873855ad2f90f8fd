import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..layers.blocks import copy_text_blocks, make_blocks, run_blocks
from ..layers.temporal import check_frames
from .sequence_pooler import SequencePooler


@MODELS.register_module()
class TransformerPooler(SequencePooler):
    """CLIP blocks over the frame embeddings, with learned positions.

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
        init: How linear maps begin: ``'normal'``, with deviation 0.02 and
            no bias but for the packed query, key and value map;
            ``'torch'``, PyTorch's way; or ``'text'``, the first blocks and
            positions of CLIP's text tower.
        position_std: Standard deviation the positions start with.
        eps: Of the layer norms.
        reduce: Config of the pooler that follows.
        text: CLIP's text tower; given by the recognizer, not kept.
    """

    def __init__(
        self,
        embed_dim: int,
        num_layers: int = 6,
        num_positions: int = 77,
        heads: int | None = None,
        residual: bool = True,
        init: str = 'normal',
        position_std: float = 0.02,
        eps: float = 1e-5,
        reduce: dict | None = None,
        text: nn.Module | None = None,
    ) -> None:
        super().__init__(residual, reduce)
        self.positions = nn.Parameter(
            position_std * torch.randn(num_positions, embed_dim)
        )
        if init == 'text' and text is not None:
            heads = heads or text.heads
        self.blocks = make_blocks(num_layers, embed_dim, heads, eps)
        if init == 'normal':
            self.blocks.apply(_init_normal)
        elif init == 'text':
            copy_text_blocks(text, self.blocks, self.positions)
        elif init != 'torch':
            raise UserError(
                f"init={init!r}, expected 'normal', 'torch' or 'text'"
            )

    def aggregate(self, frames: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, E) frames to (B, T, E).

        Raises:
            UserError: If there are more frames than positions.
        """
        check_frames(frames.size(1), len(self.positions), 'TransformerPooler')
        tokens = frames + self.positions[: frames.size(1)].to(frames.dtype)
        return run_blocks(self.blocks, tokens, mask)


def _init_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
