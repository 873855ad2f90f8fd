from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from ..precision import autocast_like
from .contrastive_head import ContrastiveHead
from .similarity_head import no_autocast

SIDES = ('text', 'video')


@MODELS.register_module()
class TokenInteractionHead(ContrastiveHead):
    """DRL's weighted token-wise interaction: words and frames find a match.

    Each word scores as its most similar frame does, each frame as its most
    similar word.  The words of a text are weighted by the softmax of what an
    MLP says of each, the frames of a video likewise; the score is the mean
    of both sides.  Needs a pooler that keeps the frames, and a text tower
    with ``all_tokens``; padding is hidden on both sides.

    Args:
        embed_dim: Width of the embeddings, E.
        num_layers: Linear maps of each MLP, 1 to 3 in the release; 0 weights
            all tokens alike, and nothing is learned.
        sides: Whose tokens look for a match.  ``('text',)`` with
            ``num_layers=0`` is the mean over words of the best frame, as in
            ColBERT and Video-ColBERT.
        padded_length: The release does not hide padding: its similarities
            are 0, and a frame that is similar to no word scores 0 in a text
            of fewer tokens than this (32 there), a word likewise in a clip
            with padding frames.  None to hide it.
        texts_at_once: Texts whose pairs with all videos are in memory; it
            changes no score.
        kwargs: Of :class:`ContrastiveHead`.
    """

    takes_frames = True
    takes_text_tokens = True
    scores_pairs = True

    def __init__(
        self,
        embed_dim: int,
        num_layers: int = 2,
        sides: Sequence[str] = SIDES,
        padded_length: int | None = None,
        texts_at_once: int = 64,
        **kwargs,
    ) -> None:
        super().__init__(embed_dim=embed_dim, **kwargs)
        if not sides or not {*sides} <= {*SIDES}:
            raise UserError(f'sides={sides!r}, expected some of {list(SIDES)}')
        if texts_at_once < 1:
            raise UserError(
                f'texts_at_once={texts_at_once}, expected 1 or more'
            )
        self.token_scores = nn.ModuleDict(
            {side: _mlp(embed_dim, num_layers) for side in sides}
            if num_layers
            else {}
        )
        self.sides = tuple(sides)
        self.padded_length = padded_length
        self.texts_at_once = texts_at_once

    def similarities(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames, (M, L, E) tokens of texts to (B, M) scores.

        Raises:
            UserError: If the text tower gives no tokens.
        """
        frames, words = features.video, features.text_tokens
        if words is None:
            raise UserError(
                f'{type(self).__name__} compares all tokens of a text: use '
                "text_encoder=dict(type='CLIPTextTower', "
                "all_tokens='longest')"
            )
        seen = features.mask
        if seen is None:
            seen = torch.ones_like(frames[..., 0], dtype=torch.bool)
        scores = [
            self._score(frames, seen, block, mask)
            for block, mask in zip(
                words.split(self.texts_at_once),
                features.text_mask.split(self.texts_at_once),
                strict=True,
            )
        ]
        return self.scale() * torch.cat(scores, dim=1)

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, T, E) frames and tokens of C texts to (B, C) scores."""
        with no_autocast(features):
            return self._over_templates(self.similarities(features), features)

    def _score(
        self, frames: Tensor, seen: Tensor, words: Tensor, said: Tensor
    ) -> Tensor:
        """Frames and words, with their masks, to (B, M) mean matches."""
        # (B, T, E) x (M, L, E) -> (B, M, L, T)
        cosines = torch.einsum('bte,mle->bmlt', unit(frames), unit(words))
        sides = []
        if 'text' in self.sides:
            best = self._hide(cosines, seen[:, None, None]).amax(dim=3)
            sides.append((best * self._weights('text', words, said)).sum(2))
        if 'video' in self.sides:
            best = self._hide(cosines, said[:, :, None]).amax(dim=2)
            if self.padded_length is not None:
                short = said.sum(dim=1) < self.padded_length
                best = torch.where(short[:, None], best.clamp(min=0), best)
            weights = self._weights('video', frames, seen)[:, None]
            sides.append((best * weights).sum(2))
        return sum(sides) / len(sides)

    def _hide(self, cosines: Tensor, mask: Tensor) -> Tensor:
        hidden = -torch.inf if self.padded_length is None else 0.0
        return cosines.masked_fill(~mask, hidden)

    def _weights(self, side: str, tokens: Tensor, mask: Tensor) -> Tensor:
        """(N, L, E) tokens to (N, L) weights of the real ones."""
        dtype = torch.promote_types(tokens.dtype, torch.float32)
        if side in self.token_scores:
            mlp = self.token_scores[side]
            with autocast_like(mlp[0].weight):
                scores = mlp(tokens.to(mlp[0].weight.dtype)).squeeze(2)
            scores = scores.to(dtype)
        else:
            scores = tokens.new_zeros(tokens.shape[:2], dtype=dtype)
        return scores.masked_fill(~mask, -torch.inf).softmax(dim=1)


def _mlp(width: int, num_layers: int) -> nn.Sequential:
    """Linear maps with ReLU between them, from E to 1."""
    layers: list[nn.Module] = []
    for i in range(num_layers):
        last = i == num_layers - 1
        linear = nn.Linear(width, 1 if last else width)
        nn.init.normal_(linear.weight, std=0.02)
        nn.init.zeros_(linear.bias)
        layers += [linear] if last else [linear, nn.ReLU()]
    return nn.Sequential(*layers)
