import torch
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..features import VideoTextFeatures
from ..layers.blocks import (
    LayerNorm,
    QuickGELU,
    copy_text_blocks,
    make_blocks,
    run_blocks,
)
from ..layers.temporal import check_frames
from ..precision import autocast_like
from .contrastive_head import ContrastiveHead


@MODELS.register_module()
class TightTransformerHead(ContrastiveHead):
    """CLIP4Clip's tightTransf: a transformer compares a text with frames.

    Each text stands before the frames of each video as one sequence; the
    first token of what CLIP blocks make of it gives the score.  There is no
    cosine and no factor.  Costs a forward for each pair, and needs an
    ``IdentityPooler``.

    Args:
        embed_dim: Width of the embeddings, E.
        text: CLIP's text tower that the blocks start from; given by the
            recognizer, not kept.
        num_layers: Blocks.
        num_positions: Frames at most, and one for the text.
        dropout: Before the blocks.
        eps: Of the layer norms.
        kwargs: Of :class:`ContrastiveHead`.
    """

    takes_frames = True
    scores_pairs = True

    def __init__(
        self,
        embed_dim: int,
        text: nn.Module | None = None,
        num_layers: int = 4,
        num_positions: int = 77,
        dropout: float = 0.1,
        eps: float = 1e-12,
        **kwargs,
    ) -> None:
        super().__init__(embed_dim=embed_dim, **kwargs)
        self.positions = nn.Parameter(torch.empty(num_positions, embed_dim))
        heads = None if text is None else text.heads
        self.blocks = make_blocks(num_layers, embed_dim, heads, eps)
        copy_text_blocks(text, self.blocks, self.positions)
        self.dropout = nn.Dropout(dropout)
        self.ln_pool = LayerNorm(embed_dim, eps=eps)
        self.dense = nn.Linear(embed_dim, embed_dim)
        self.act = QuickGELU()
        self.score = nn.Linear(embed_dim, 1)
        for linear in (self.dense, self.score):
            nn.init.normal_(linear.weight, std=0.02)
            nn.init.zeros_(linear.bias)

    def similarities(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames and (M, E) texts to (B, M) scores."""
        frames = features.video.to(self.positions.dtype)
        mask = features.mask
        check_frames(frames.size(1) + 1, len(self.positions), 'head')
        with autocast_like(self.dense.weight):
            scores = [
                self._score(text.expand(frames.size(0), 1, -1), frames, mask)
                for text in features.text
            ]
        return torch.stack(scores, dim=1)

    def _score(
        self, text: Tensor, frames: Tensor, mask: Tensor | None
    ) -> Tensor:
        """(B, 1, E) texts and (B, T, E) frames to (B,) scores."""
        tokens = torch.cat([text.to(frames.dtype), frames], dim=1)
        tokens = tokens + self.positions[: tokens.size(1)].to(tokens.dtype)
        if mask is not None:
            mask = torch.cat([mask.new_ones(mask.size(0), 1), mask], dim=1)
        tokens = run_blocks(self.blocks, self.dropout(tokens), mask)
        pooled = self.act(self.dense(self.ln_pool(tokens[:, 0])))
        return self.score(pooled)[:, 0]

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, T, E) frames and (C, E) texts to (B, C) scores."""
        return self._over_templates(self.similarities(features), features)
