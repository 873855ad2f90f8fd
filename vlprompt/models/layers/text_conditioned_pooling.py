from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from ..precision import autocast_like


class FramesToPool(NamedTuple):
    """What text-conditioned pooling reads of B videos.

    Attributes:
        keys: (B, H, T, E / H) for H heads.
        values: (B, H, T, E / H).
        visible: (B, 1, 1, T), false for padding; None if there is none.
    """

    keys: Tensor
    values: Tensor
    visible: Tensor | None


class TextConditionedPooling(nn.Module):
    """X-Pool: a text chooses the frames of a video that it is compared with.

    Attention from the text to the frames, a layer norm, a linear map with a
    residual and another layer norm (section 3.2 of the paper).  All linear
    maps start as the identity.  Padding frames are not seen.

    Args:
        embed_dim: Width of the embeddings, E.
        num_heads: Attention heads, H.
        dropout: Of the linear map after the attention.
    """

    def __init__(
        self, embed_dim: int, num_heads: int = 1, dropout: float = 0.3
    ) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = nn.LayerNorm(embed_dim)  # of texts and of frames
        self.q_proj = nn.Linear(embed_dim, embed_dim)
        self.k_proj = nn.Linear(embed_dim, embed_dim)
        self.v_proj = nn.Linear(embed_dim, embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)
        self.ln_2 = nn.LayerNorm(embed_dim)
        self.linear = nn.Linear(embed_dim, embed_dim)
        self.dropout = nn.Dropout(dropout)
        self.ln_3 = nn.LayerNorm(embed_dim)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.eye_(module.weight)
                nn.init.zeros_(module.bias)

    def read(self, frames: Tensor, mask: Tensor | None) -> FramesToPool:
        """(B, T, E) frames, real where a (B, T) mask is, once for all texts.

        They are not normalised.
        """
        with autocast_like(self.k_proj.weight):
            frames = self.ln_1(frames)
            return FramesToPool(
                self._split(self.k_proj(frames)),
                self._split(self.v_proj(frames)),
                None if mask is None else mask[:, None, None],
            )

    def forward(self, text: Tensor, frames: FramesToPool) -> Tensor:
        """M texts to the (B, M, E) videos that each of them sees.

        Args:
            text: (M, E), or (B, M, E) if each video has its own texts.
            frames: Of :meth:`read`.
        """
        with autocast_like(self.q_proj.weight):
            return self._pool(text, frames)

    def _pool(self, text: Tensor, frames: FramesToPool) -> Tensor:
        query = self.q_proj(self.ln_1(text))
        if query.dim() == 2:
            query = query.expand(frames.keys.size(0), -1, -1)
        seen = F.scaled_dot_product_attention(
            self._split(query), frames.keys, frames.values, frames.visible
        )
        # (B, H, M, E / H) -> (B, M, E)
        pooled = self.out_proj(seen.transpose(1, 2).flatten(2))
        pooled = self.ln_2(pooled)
        return self.ln_3(pooled + self.dropout(self.linear(pooled)))

    def _split(self, tokens: Tensor) -> Tensor:
        """(B, N, E) to the parts of the heads, (B, H, N, E / H)."""
        return tokens.unflatten(2, (self.num_heads, -1)).transpose(1, 2)
