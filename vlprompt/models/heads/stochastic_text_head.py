from collections.abc import Callable

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..distributed import gather
from ..features import VideoTextFeatures, unit
from ..layers.temporal import check_frames
from ..layers.text_conditioned_pooling import FramesToPool
from ..precision import autocast_like
from .text_pooling_head import TextPoolingHead


@MODELS.register_module()
class StochasticTextHead(TextPoolingHead):
    """T-MASS: a text is a ball whose radius depends on the video.

    The radius is ``exp`` of a linear map of the cosines of the text and the
    T frames, one number for each dimension.  In training a text is compared
    as one random point, ``text + U(0, 1) * radius``, and, if
    ``support_weight`` is not 0, as the point of the ball that is nearest to
    its video, pooled by the mean of all texts.  In evaluation the best of
    ``num_samples`` points counts.

    Pairs share the points' random numbers, which are drawn from a seed of
    their own: neither blocks nor processes nor other random numbers change
    a score.  (The release draws them anew for every pair.)

    Args:
        embed_dim: Width of the embeddings, E.
        num_frames: T; shorter clips count as if padded.
        num_samples: Points of a text in evaluation.
        seed: What those are drawn from.
        support_weight: Weight of the loss on the nearest points; 0.8 in the
            published command for MSR-VTT, 0 by default there.
        kwargs: Of :class:`TextPoolingHead`.

    Attributes:
        draws: (S, E) from U(0, 1), the random numbers of evaluation.

    Raises:
        UserError: If there is not one sample at least.
    """

    def __init__(
        self,
        embed_dim: int,
        num_frames: int,
        num_samples: int = 20,
        seed: int = 24,
        support_weight: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(embed_dim, **kwargs)
        if num_samples < 1:
            raise UserError(f'num_samples={num_samples}, expected 1 or more')
        self.radius = nn.Linear(num_frames, embed_dim)
        nn.init.eye_(self.radius.weight)
        nn.init.zeros_(self.radius.bias)
        generator = torch.Generator().manual_seed(seed)
        draws = torch.rand(
            (num_samples, embed_dim), generator=generator, device='cpu'
        )
        self.register_buffer('draws', draws, persistent=False)
        self.support_weight = support_weight

    @property
    def further_scores(self) -> dict[str, Callable]:
        """Scores that retrieval reports besides the head's own.

        ``own_caption`` is :meth:`compare_by_own_caption`.
        """
        return dict(own_caption=self.compare_by_own_caption)

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """The alignment losses of random and nearest points; regularizers.

        Raises:
            UserError: If the texts are not one for each video.
        """
        self.check_pairs(feats)
        pairs = self._in_precision(self.gather(feats))
        # drawn once for each text, wherever its scores are computed
        noise = gather(torch.rand_like(feats.text)).to(pairs.text.dtype)
        with torch.autocast(feats.video.device.type, enabled=False):
            losses = self._alignments(pairs, noise, feats)
        return {**losses, **self._regularize(feats)}

    def _alignments(
        self,
        pairs: VideoTextFeatures,
        noise: Tensor,
        feats: VideoTextFeatures,
    ) -> dict[str, Tensor]:
        text = pairs.text
        frames = self.pooling.read(pairs.video, pairs.mask)
        pooled = self.pooling(text, frames)  # (B, B, E), texts in columns
        # each text with its own video: (B, 1, E) -> (B, E)
        own = pairs._replace(text=text[:, None])
        radius = self._radii(own).squeeze(1)
        points = dict(alignment=text + noise * radius)
        weights = dict(alignment=1.0, support=self.support_weight)
        if self.support_weight:
            towards = unit(pooled.mean(dim=1) - text)
            points['support'] = text + radius * towards
        losses = {}
        for name, point in points.items():
            cosines = (unit(pooled) * unit(point)).sum(dim=-1)
            scores = self.logit_scale.exp() * cosines.mT
            loss = self.align(scores, feats)
            losses[f'loss_{name}'] = weights[name] * loss
        return losses

    def compare_by_own_caption(
        self, features: VideoTextFeatures, own: Tensor
    ) -> Tensor:
        """The test score of the release, (M, B); no query may use it.

        Each video is pooled by a caption of *its own*, which tells the
        gallery what is asked for.  The points are those that are best for
        the video that the query pools.

        Args:
            features: M texts and B videos.
            own: (B, E) a caption of each video.
        """
        features = self._in_precision(features)
        frames = self.pooling.read(features.video, features.mask)
        pooled = self.pooling(own.to(features.text.dtype)[:, None], frames)
        scores = []
        for block in self._blocks(features):
            honest = self._of_points(block, self.pooling(block.text, frames))
            best = honest.argmax(dim=-1, keepdim=True)
            leaky = self._of_points(block, pooled)
            scores.append(leaky.gather(-1, best).squeeze(-1))
        return (self.scale() * torch.cat(scores, dim=1)).mT

    def _cosines(
        self, features: VideoTextFeatures, frames: FramesToPool
    ) -> Tensor:
        """(B, M) cosines of the best points and the videos pooled."""
        pooled = self.pooling(features.text, frames)
        return self._of_points(features, pooled).amax(dim=-1)

    def _of_points(
        self, features: VideoTextFeatures, pooled: Tensor
    ) -> Tensor:
        """(B, M, S) cosines of S points of M texts with B pooled videos.

        Args:
            features: M texts and B videos.
            pooled: (B, M, E), or (B, 1, E) for all texts.
        """
        text, pooled = features.text, unit(pooled)
        radius = self._radii(features)  # (B, M, E)
        noise = self.draws.to(text).mT  # (E, S)
        # <t + u r, v> and |t + u r|^2 without the points themselves
        product = (text * pooled).sum(dim=-1, keepdim=True)
        product = product + (radius * pooled) @ noise
        square = text.square().sum(dim=-1, keepdim=True)
        square = square + 2 * (text * radius) @ noise
        square = square + radius.square() @ noise.square()
        return product / square.sqrt()

    def _radii(self, features: VideoTextFeatures) -> Tensor:
        """(M, E) or (B, M, E) texts, (B, T, E) frames to (B, M, E) radii.

        Raises:
            UserError: If there are more frames than ``num_frames``.
        """
        frames, number = features.video, self.radius.in_features
        check_frames(frames.size(1), number, 'head', 'num_frames')
        cosines = unit(features.text) @ unit(frames).mT  # (B, M, T)
        if features.mask is not None:
            cosines = cosines * features.mask[:, None]
        missing = number - frames.size(1)
        cosines = nn.functional.pad(cosines, (0, missing))
        with autocast_like(self.radius.weight):
            return self.radius(cosines).to(features.text.dtype).exp()
