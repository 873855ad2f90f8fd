import torch
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..distributed import gather
from ..features import VideoTextFeatures
from ..layers.sinkhorn import transport_plan
from ..layers.temporal import masked_mean
from .contrastive_head import ContrastiveHead
from .similarity_head import no_autocast

ELEMENTS = 2**22  # of the similarities whose plans are made at once


@MODELS.register_module()
class OptimalTransportHead(ContrastiveHead):
    """OST: frames are matched with sentences about a class.

    The score of a video and the M sentences of a class is the similarity of
    frames and sentences along the optimal transport plan, and that of their
    means; the scores of several sets of sentences are averaged.  Computed in
    fp32 (fp64 stays fp64), also under autocast.  Needs an
    ``IdentityPooler``, and R sentences of every class: ``TwoLevelTexts``, or
    ``DescriptionTexts(use='all')`` in evaluation.

    Args:
        levels: Sets of sentences that the R of a class are divided into.
        epsilon: See :func:`transport_plan`.
        rounds: The same.
        tolerance: The same; the published code has 0.01, which depends on
            the other videos of the batch.
        kwargs: Of :class:`ContrastiveHead`, without ``fusion``.
    """

    takes_frames = True

    def __init__(
        self,
        levels: int = 2,
        epsilon: float = 0.1,
        rounds: int = 100,
        tolerance: float | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.levels = levels
        self.epsilon = epsilon
        self.rounds = rounds
        self.tolerance = tolerance

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, T, E) frames and (R * C, E) sentences to (B, C) logits."""
        with no_autocast(features):
            return self.similarities(features)

    def similarities(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames and (R * C, E) sentences to (B, C) scores.

        Raises:
            UserError: If classes have no sets of sentences to match.
        """
        unit = features.unit()
        # (R * C, E) -> (levels, C, M, E)
        text = self._by_class(unit).unflatten(1, (self.levels, -1))
        text = text.transpose(0, 1)
        scores = sum(self._score(unit, level) for level in text)
        return self.scale().to(scores) * scores / self.levels

    def _by_class(self, features: VideoTextFeatures) -> Tensor:
        """(R * C, E) sentences to (C, R, E)."""
        text, targets = features.text, features.targets
        num = self.num_classes if targets is None else len(targets)
        sets = num * self.levels
        if text.dim() != 2 or not num or len(text) % sets:
            raise UserError(
                f'{tuple(text.shape)} text features for {num} classes and '
                f'{self.levels} sets of sentences: use TwoLevelTexts, or '
                "DescriptionTexts(use='all'), and no conditioner"
            )
        return text.unflatten(0, (-1, num)).transpose(0, 1)

    def _score(self, features: VideoTextFeatures, text: Tensor) -> Tensor:
        """Unit frames (B, T, E) and sentences (C, M, E) to (B, C)."""
        frames, mask = features.video, features.mask
        real = torch.ones_like(frames[..., 0]) if mask is None else mask
        weights = real.to(frames) / real.sum(dim=1, keepdim=True)
        # A stop that looks at all problems needs them at once, and a graph
        # that is exported has no loop that depends on the batch.
        step = len(text)
        if self.tolerance is None and not torch.compiler.is_compiling():
            size = frames[..., 0].numel() * text.size(1)
            step = max(1, ELEMENTS // size)
        matched = [
            self._match(frames, chunk, weights) for chunk in text.split(step)
        ]
        means = masked_mean(frames, mask) @ text.mean(dim=1).mT
        return torch.cat(matched, dim=1) + means

    def _match(self, frames: Tensor, text: Tensor, weights: Tensor) -> Tensor:
        """(B, T, E), (C, M, E) and weights (B, T) to (B, C)."""
        # (B, C, T, M)
        similarity = torch.einsum('bte,cme->bctm', frames, text)
        plan = transport_plan(
            similarity,
            weights[:, None],
            self.epsilon,
            self.rounds,
            self.tolerance,
        )
        return (plan * similarity).sum(dim=(-2, -1))

    def gather(self, feats: VideoTextFeatures) -> VideoTextFeatures:
        """Frames and sentences of all processes."""
        # (R * B, E) -> (B, R, E), of all processes -> (R * W * B, E)
        by_sample = feats._replace(text=self._by_class(feats).contiguous())
        gathered = super().gather(by_sample)
        return gathered._replace(
            text=gathered.text.transpose(0, 1).flatten(0, 1),
            targets=gather(feats.targets.to(gathered.text.device)),
        )
