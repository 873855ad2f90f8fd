from collections.abc import Iterator

import torch
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from ..layers.text_conditioned_pooling import (
    FramesToPool,
    TextConditionedPooling,
)
from .contrastive_head import ContrastiveHead
from .similarity_head import no_autocast


@MODELS.register_module()
class TextPoolingHead(ContrastiveHead):
    """X-Pool: every text pools the frames of every video for itself.

    The score is the scaled cosine of a text and of what
    :class:`TextConditionedPooling` makes of a video for it: M texts and N
    videos cost M * N poolings.  Needs a pooler that keeps the frames.

    Args:
        embed_dim: Width of the embeddings, E.
        num_heads: Attention heads.
        dropout: Of the pooling.
        texts_at_once: Texts whose poolings are in memory; it changes no
            score.
        kwargs: Of :class:`ContrastiveHead`.
    """

    takes_frames = True
    scores_pairs = True

    def __init__(
        self,
        embed_dim: int,
        num_heads: int = 1,
        dropout: float = 0.3,
        texts_at_once: int = 64,
        **kwargs,
    ) -> None:
        super().__init__(embed_dim=embed_dim, **kwargs)
        if num_heads < 1 or embed_dim % num_heads:
            raise UserError(
                f'num_heads={num_heads} does not divide embeddings of width '
                f'{embed_dim}'
            )
        if texts_at_once < 1:
            raise UserError(
                f'texts_at_once={texts_at_once}, expected 1 or more'
            )
        self.pooling = TextConditionedPooling(embed_dim, num_heads, dropout)
        self.texts_at_once = texts_at_once

    def similarities(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames and (M, E) texts to (B, M) scores.

        Raises:
            UserError: If a conditioner has made texts for each video.
        """
        features = self._in_precision(features)
        frames = self.pooling.read(features.video, features.mask)
        scores = [
            self._cosines(block, frames) for block in self._blocks(features)
        ]
        return self.scale() * torch.cat(scores, dim=1)

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, T, E) frames and (C, E) texts to (B, C) scores."""
        with no_autocast(features):
            return self._over_templates(self.similarities(features), features)

    def _cosines(
        self, features: VideoTextFeatures, frames: FramesToPool
    ) -> Tensor:
        """(B, M) cosines of M texts and the videos that they pool."""
        pooled = self.pooling(features.text, frames)
        return (unit(features.text) * unit(pooled)).sum(dim=-1)

    def _in_precision(self, features: VideoTextFeatures) -> VideoTextFeatures:
        """Features in the precision of the norms, which is never half."""
        if features.text.dim() > 2:
            raise UserError(
                f'{type(self).__name__} makes a video for each text: leave '
                'out the conditioner, which makes a text for each video'
            )
        dtype = self.pooling.ln_1.weight.dtype
        return features._replace(
            video=features.video.to(dtype), text=features.text.to(dtype)
        )

    def _blocks(
        self, features: VideoTextFeatures
    ) -> Iterator[VideoTextFeatures]:
        """The same videos with some of the texts each."""
        for text in features.text.split(self.texts_at_once):
            yield features._replace(text=text)
