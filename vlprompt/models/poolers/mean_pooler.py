from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VisualFeatures, unit
from ..layers.temporal import masked_mean


@MODELS.register_module()
class MeanPooler(BaseModule):
    """ViFi-CLIP: the video is the mean of its frames, not normalised."""

    keeps_frames = False

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video."""
        return masked_mean(features.frames, features.mask)


@MODELS.register_module()
class UnitMeanPooler(BaseModule):
    """CLIP4Clip: the video is the mean of its normalised frames."""

    keeps_frames = False

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video."""
        return masked_mean(unit(features.frames), features.mask)
