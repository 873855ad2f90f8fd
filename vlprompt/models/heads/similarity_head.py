import math

import torch
from mmaction.models import BaseHead
from mmaction.structures import ActionDataSample
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..builder import build_part
from ..features import VideoTextFeatures
from ..layers.temporal import masked_mean
from ..precision import without_autocast

FUSIONS = ('embedding', 'decision')


@MODELS.register_module()
class SimilarityHead(BaseHead):
    """CLIP: scaled cosine similarity of a video with the text of each class.

    Computed in fp32 (fp64 stays fp64), also under autocast.

    Args:
        logit_scale: Logarithm of the factor; CLIP's own, given by the
            recognizer.
        temperature: Replaces CLIP's factor by ``1 / temperature``.
        test_temperature: The same in evaluation alone (ActionCLIP: 0.01).
        test_divisor: In evaluation the factor is divided by it and rounded
            down (BDC-CLIP: 5, which makes 20 of 100).
        fusion: Where frames become one (ViFi-CLIP, section 4.3): in the
            pooler (``'embedding'``), or here, as the mean of the logits that
            the frames of an ``IdentityPooler`` get (``'decision'``).
        regularizers: Named losses on the :class:`VideoTextFeatures`, added
            as ``loss_<name>``.
        embed_dim: Width of the features, for regularizers that want to know
            it; given by the recognizer.
        kwargs: MMAction2's ``BaseHead``: ``loss_cls``, ``label_smooth_eps``,
            ``topk``, ``average_clips``.
    """

    compares_texts = True

    def __init__(
        self,
        logit_scale: float = math.log(1 / 0.07),
        temperature: float | None = None,
        test_temperature: float | None = None,
        test_divisor: float | None = None,
        fusion: str = 'embedding',
        regularizers: dict[str, dict] | None = None,
        embed_dim: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(num_classes=0, in_channels=0, **kwargs)
        if fusion not in FUSIONS:
            hint = ''
            if fusion == 'image':
                hint = ": use cls_head=dict(type='FrameClassificationHead')"
            raise UserError(
                f'fusion={fusion!r}, expected one of {FUSIONS}{hint}'
            )
        if temperature is not None:
            # log(100) for 0.01: of -log(0.01) the power would be below 100
            logit_scale = math.log(1 / temperature)
        self.logit_scale = nn.Parameter(torch.tensor(float(logit_scale)))
        self.test_temperature = test_temperature
        self.test_divisor = test_divisor
        self.fusion = fusion
        known = dict(embed_dim=embed_dim, compute_logits=self.forward)
        self.regularizers = nn.ModuleDict(
            {
                name: build_part(cfg, **known)
                for name, cfg in (regularizers or {}).items()
            }
        )

    @property
    def takes_frames(self) -> bool:
        """Whether the pooler has to keep the frames."""
        return self.fusion != 'embedding'

    def set_num_classes(self, num: int) -> None:
        """Know the number of classes, which label smoothing needs."""
        self.num_classes = num

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, E) videos and (C, E) texts to (B, C) logits.

        Frames (B, T, E) are fused.  Several texts of a class, (R * C, E),
        give the logarithm of the mean of their probabilities.
        """
        with no_autocast(features):
            logits = self.similarities(features)
            if features.video.dim() == 3:
                logits = masked_mean(logits, features.mask)
            return self._over_templates(logits, features)

    def similarities(self, features: VideoTextFeatures) -> Tensor:
        """Scaled cosines of (B, E) or (B, T, E) with M texts, (B, [T,] M)."""
        unit = features.unit()
        video, text = self.scale().to(unit.video) * unit.video, unit.text
        if text.dim() == 3 and video.dim() == 2:
            # a text for each video: (B, 1, E) x (B, E, M)
            return (video[:, None] @ text.mT)[:, 0]
        return video @ text.mT

    def scale(self) -> Tensor:
        """The factor of cosines."""
        scale = self.logit_scale.exp()
        if self.training:
            return scale
        if self.test_temperature is not None:
            return torch.tensor(1 / self.test_temperature)
        if self.test_divisor is not None:
            return scale // self.test_divisor
        return scale

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """Classification loss, accuracy and regularizers of a batch."""
        samples = self._restrict(feats, data_samples)
        losses = super().loss(feats, samples, **kwargs)
        return {**losses, **self._regularize(feats)}

    def _regularize(self, feats: VideoTextFeatures) -> dict[str, Tensor]:
        return {
            f'loss_{name}': regularizer(feats)
            for name, regularizer in self.regularizers.items()
        }

    def _over_templates(
        self, logits: Tensor, features: VideoTextFeatures
    ) -> Tensor:
        """(..., R * C) logits to (..., C)."""
        if features.targets is not None or not self.num_classes:
            return logits
        num = logits.size(-1) // self.num_classes
        if num == 1:
            return logits
        by_template = logits.unflatten(-1, (num, -1)).log_softmax(dim=-1)
        return by_template.logsumexp(dim=-2) - math.log(num)

    def _restrict(
        self, feats: VideoTextFeatures, data_samples: list
    ) -> list[ActionDataSample]:
        """Labels among the candidate classes, where not all are compared."""
        if feats.targets is None:
            return data_samples
        if self.label_smooth_eps:
            raise UserError(
                'label_smooth_eps counts all classes; it does not fit texts '
                'of some of them'
            )
        texts = feats.text.size(-2)
        if texts != len(feats.targets):
            raise UserError(
                f'{texts} texts of {len(feats.targets)} classes: '
                'this head learns from one text of each class of a batch'
            )
        places = {c: i for i, c in enumerate(feats.targets.tolist())}
        return [
            ActionDataSample().set_gt_label(places[s.gt_label.item()])
            for s in data_samples
        ]


def no_autocast(features: VideoTextFeatures) -> torch.autocast:
    """Where the features are, computations in their own precision."""
    return without_autocast(features.video.device)
