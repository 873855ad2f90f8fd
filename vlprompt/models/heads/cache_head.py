from collections.abc import Mapping

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from .similarity_head import SimilarityHead, no_autocast


@MODELS.register_module()
class CacheHead(SimilarityHead):
    """Tip-Adapter: CLIP's logits, and those of a cache of labelled videos.

    A key of the cache is the unit embedding of a training video, its value
    the class.  A video f gets ``alpha * exp(-beta (1 - f @ keys.T)) @
    one_hot(labels)`` in addition (Tip-Adapter, ECCV 2022, eq. 5).  The keys
    are made by a :class:`vlprompt.engine.CacheLoop`; with those of a
    :class:`vlprompt.engine.CacheTrainLoop` they are learned from there
    (Tip-Adapter-F).  A checkpoint holds keys, labels, alpha and beta, and its
    number of keys is taken over.

    Args:
        embed_dim: E; given by the recognizer.
        num_keys: How many keys there are before a cache is made or loaded.
            They have no class and count for nothing.
        alpha: Weight of the cache; the published start for UCF-101.
        beta: Sharpness of the cache; as above.
        kwargs: Of :class:`SimilarityHead`, without ``fusion``.
    """

    def __init__(
        self,
        embed_dim: int,
        num_keys: int = 0,
        alpha: float = 3.0,
        beta: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(embed_dim=embed_dim, **kwargs)
        if self.takes_frames:
            raise UserError(
                f'fusion={self.fusion!r} with a CacheHead, whose keys are '
                "videos: expected 'embedding'"
            )
        self.keys = nn.Parameter(torch.zeros(num_keys, embed_dim))
        self.register_buffer('labels', torch.full((num_keys,), -1))
        self.register_buffer('alpha', torch.tensor(float(alpha)))
        self.register_buffer('beta', torch.tensor(float(beta)))

    def set_num_classes(self, num: int) -> None:
        """Know the number of classes; that of the cache must not be larger.

        Raises:
            UserError: If it is.
        """
        super().set_num_classes(num)
        if self.labels.is_meta or not len(self.labels):  # no values
            return
        largest = int(self.labels.max()) + 1
        if largest > num:
            raise UserError(
                f'a data set of {num} classes for a cache of {largest}: its '
                'keys are videos of the classes that it was made for'
            )

    def set_cache(self, keys: Tensor, labels: Tensor) -> None:
        """Take (N, E) embeddings of videos as keys, and their (N,) classes.

        The parameter stays the same, so that an optimizer keeps it.
        """
        self._resize(keys.shape)
        self.keys.data.copy_(unit(keys))
        self.labels.copy_(labels)

    def take_sizes(self, given: Mapping[str, Tensor]) -> None:
        """Have as many keys as weights that are about to be loaded."""
        keys = given.get('keys')
        if keys is not None and keys.shape[1:] == self.keys.shape[1:]:
            self._resize(keys.shape)

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, E) videos and (C, E) texts to (B, C) logits.

        Raises:
            UserError: If the texts are not those of all classes.
        """
        if features.targets is not None:
            raise UserError(
                'CacheHead with texts of a batch: expected those of all '
                "classes, such as texts=dict(type='ClassTexts')"
            )
        logits = super().forward(features)
        with no_autocast(features):
            return logits + self.alpha.to(logits) * self.cache_logits(
                unit(features.video), self.beta, logits.size(-1)
            )

    def text_logits(self, features: VideoTextFeatures) -> Tensor:
        """(B, E) videos and (C, E) texts to (B, C) logits without a cache."""
        return super().forward(features)

    def cache_logits(
        self, video: Tensor, beta: float | Tensor, num_classes: int
    ) -> Tensor:
        """(B, E) unit videos to (B, C) sums over the keys of each class.

        Args:
            video: What is compared with the keys.
            beta: Sharpness.
            num_classes: C.
        """
        affinity = video @ self.keys.to(video).T
        weights = (-beta * (1 - affinity)).exp()
        classes = torch.arange(num_classes, device=self.labels.device)
        return weights @ (self.labels[:, None] == classes).to(weights)

    def _resize(self, shape: torch.Size) -> None:
        if self.keys.shape != shape:
            self.keys.data = self.keys.new_zeros(shape)
            self.labels = self.labels.new_full(shape[:1], -1)
