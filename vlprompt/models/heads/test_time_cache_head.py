import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from mmengine.dist import get_world_size
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from .similarity_head import SimilarityHead, no_autocast


class CachedVideo(NamedTuple):
    """A video of the test.

    Attributes:
        video: (E,) unit embedding.
        entropy: Of its class probabilities, in nats.
        probabilities: (C,) by its texts.
    """

    video: Tensor
    entropy: float
    probabilities: Tensor


@MODELS.register_module()
class TestTimeCacheHead(SimilarityHead):
    """TDA: CLIP's logits, and those of caches of the videos tested so far.

    The positive cache keeps the videos of the lowest entropy that were
    predicted to be of each class; like a video of it speaks for the class.
    The negative cache keeps some of middling entropy; like a video of it
    speaks against all classes whose probability it has inside a range (TDA,
    CVPR 2024).  A video enters before it is scored.  In training, and in
    :meth:`forward`, the logits are CLIP's alone.

    What a video gets depends on those before it: results depend on the
    order, and several processes, each with its own part of the list, are
    refused.  Caches are empty whenever ``eval()`` or ``train()`` is called,
    as a test does when it starts.

    Args:
        positive: ``size`` of each class, ``alpha`` and ``beta``; None for no
            such cache.
        negative: The same, the range of ``entropy`` as a share of that of
            the release (natural, over the binary logarithm of C), and the
            range of probabilities of the ``mask``; None for no such cache.
        kwargs: Of :class:`SimilarityHead`, without ``fusion``.
    """

    __test__ = False  # pytest, which collects classes of this name

    def __init__(
        self,
        positive: Mapping[str, float] | None = None,
        negative: Mapping[str, float | Sequence[float]] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        if self.takes_frames:
            raise UserError(
                f'fusion={self.fusion!r} with a TestTimeCacheHead, whose '
                "caches hold videos: expected 'embedding'"
            )
        self.positive = None if positive is None else dict(positive)
        self.negative = None if negative is None else dict(negative)
        self.restart()

    def restart(self) -> None:
        """Forget all videos."""
        self._positive: dict[int, list[CachedVideo]] = {}
        self._negative: dict[int, list[CachedVideo]] = {}

    def set_num_classes(self, num: int) -> None:
        """Know the number of classes, and forget videos of others."""
        super().set_num_classes(num)
        self.restart()

    def train(self, mode: bool = True) -> 'TestTimeCacheHead':
        """Switch between training and evaluation; caches become empty.

        Raises:
            UserError: If several processes evaluate.
        """
        if not mode and get_world_size() > 1:
            raise UserError(
                f'TDA in {get_world_size()} processes: what it predicts '
                'depends on all videos before, so test it in a single one'
            )
        self.restart()
        return super().train(mode)

    def predict(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> list:
        """The samples with their predictions, in their order.

        The views of a video are averaged before it is compared.
        """
        with no_autocast(feats):
            logits = self(feats)
            if feats.targets is not None or logits.dim() != 2:
                raise UserError(
                    'TestTimeCacheHead expects texts of all classes'
                )
            # (B * V, ...) -> (B, V, ...) -> (B, ...)
            shape = (len(data_samples), -1)
            logits = logits.unflatten(0, shape).mean(1)
            video = unit(unit(feats.video).unflatten(0, shape).mean(1))
            if not logits.is_meta:  # which has no values to keep
                pairs = zip(video, logits, strict=True)
                logits = torch.stack([self._score(*pair) for pair in pairs])
        return self.predict_by_feat(logits, data_samples)

    def _score(self, video: Tensor, logits: Tensor) -> Tensor:
        """(E,) video and its (C,) logits to (C,) with those of the caches."""
        probabilities = logits.softmax(-1)
        entropy = -float((probabilities * logits.log_softmax(-1)).sum())
        new = CachedVideo(video, entropy, probabilities)
        label = int(logits.argmax())
        if self.positive is not None:
            _keep(self._positive, label, new, self.positive['size'])
            logits = logits + self._vote(self._positive, video, self.positive)
        if self.negative is not None:
            low, high = self.negative['entropy']
            share = entropy / math.log2(max(2, len(logits)))
            if low < share < high:
                _keep(self._negative, label, new, self.negative['size'])
            votes = self._vote(self._negative, video, self.negative)
            logits = logits - votes
        return logits

    def _vote(
        self, cache: dict[int, list[CachedVideo]], video: Tensor, how: dict
    ) -> Tensor | float:
        """(C,) of a cache, which an (E,) video is compared with."""
        kept = [(c, item) for c, items in cache.items() for item in items]
        if not kept:
            return 0.0
        keys = torch.stack([item.video for _, item in kept])
        values = torch.stack([item.probabilities for _, item in kept])
        if 'mask' in how:
            low, high = how['mask']
            values = ((values > low) & (values < high)).to(video)
        else:
            labels = torch.tensor([c for c, _ in kept], device=video.device)
            values = torch.zeros_like(values).scatter(1, labels[:, None], 1.0)
        weights = (-how['beta'] * (1 - keys @ video)).exp()
        return how['alpha'] * (weights @ values)


def _keep(
    cache: dict[int, list[CachedVideo]],
    label: int,
    new: CachedVideo,
    size: int,
) -> None:
    """Keep a video if there is room, or if its entropy is lower than one's."""
    items = cache.setdefault(label, [])
    if len(items) < size:
        items.append(new)
    elif new.entropy < items[-1].entropy:
        items[-1] = new
    items.sort(key=lambda item: item.entropy)
