from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VisualFeatures


@MODELS.register_module()
class IdentityPooler(BaseModule):
    """Keeps the frames, for fusion in the head."""

    keeps_frames = True

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames as they are."""
        return features.frames
