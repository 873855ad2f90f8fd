from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VisualFeatures, unit


@MODELS.register_module()
class MeanPooler(BaseModule):
    """ViFi-CLIP: the video is the mean of its frames, not normalised."""

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video."""
        return masked_mean(features.frames, features.mask)


@MODELS.register_module()
class UnitMeanPooler(BaseModule):
    """CLIP4Clip: the video is the mean of its normalised frames."""

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video."""
        return masked_mean(unit(features.frames), features.mask)


def masked_mean(frames: Tensor, mask: Tensor | None) -> Tensor:
    """(B, T, ...) to the (B, ...) mean of what a (B, T) mask leaves."""
    if mask is None:
        return frames.mean(dim=1)
    weight = mask.to(frames.dtype)
    weight = weight / weight.sum(dim=1, keepdim=True)
    # (B, T) -> (B, T, 1, ...)
    weight = weight.view(*weight.shape, *(1 for _ in frames.shape[2:]))
    return (weight * frames).sum(dim=1)
