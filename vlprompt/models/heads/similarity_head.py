import math

import torch
from mmaction.models import BaseHead
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..features import VideoTextFeatures


@MODELS.register_module()
class SimilarityHead(BaseHead):
    """CLIP: scaled cosine similarity of a video with the text of each class.

    Computed in fp32 (fp64 stays fp64), also under autocast.

    Args:
        logit_scale: Logarithm of the factor; CLIP's own, given by the
            recognizer.
        temperature: Replaces CLIP's factor by ``1 / temperature``.
        regularizers: Named losses on the :class:`VideoTextFeatures`, added
            as ``loss_<name>``.
        kwargs: MMAction2's ``BaseHead``: ``loss_cls``, ``label_smooth_eps``,
            ``topk``, ``average_clips``.
    """

    def __init__(
        self,
        logit_scale: float = math.log(1 / 0.07),
        temperature: float | None = None,
        regularizers: dict[str, dict] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(num_classes=0, in_channels=0, **kwargs)
        if temperature is not None:
            logit_scale = -math.log(temperature)
        self.logit_scale = nn.Parameter(torch.tensor(float(logit_scale)))
        self.regularizers = nn.ModuleDict(
            {name: MODELS.build(r) for name, r in (regularizers or {}).items()}
        )

    def set_classes(self, num: int) -> None:
        """Know the number of classes, which label smoothing needs."""
        self.num_classes = num

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, E) videos and (C, E) texts to (B, C) logits."""
        with torch.autocast(features.video.device.type, enabled=False):
            video, text, _ = features.unit()
            return self.logit_scale.exp().to(video) * video @ text.mT

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """Classification loss, accuracy and regularizers of a batch."""
        losses = super().loss(feats, data_samples, **kwargs)
        for name, regularizer in self.regularizers.items():
            losses[f'loss_{name}'] = regularizer(feats)
        return losses
