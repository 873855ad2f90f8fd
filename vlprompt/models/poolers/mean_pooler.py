from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VisualFeatures


@MODELS.register_module()
class MeanPooler(BaseModule):
    """ViFi-CLIP: the video is the mean of its frames, not normalised."""

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video."""
        return features.frames.mean(dim=1)
