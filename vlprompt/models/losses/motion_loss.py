from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures


@MODELS.register_module()
class MotionLoss(BaseModule):
    """T2L, EZ-CLIP: small if the frames of a clip differ.

    ``1 / (1 + G + V)``: G is the mean absolute slope of the frame features
    over time (half the difference of both neighbours, the ends repeated), V
    their mean variance over time, without bias.  Not normalised.  A single
    frame has neither.

    Args:
        loss_weight: Factor.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames to a weighted scalar.

        Raises:
            UserError: If clips have padding.
        """
        if features.mask is not None and not features.mask.all():
            raise UserError('MotionLoss with clips that have padding')
        frames = features.frames
        last = frames.size(1) - 1
        after = [min(t + 1, last) for t in range(last + 1)]
        before = [max(t - 1, 0) for t in range(last + 1)]
        slope = (frames[:, after] - frames[:, before]).abs().mean() / 2
        spread = frames.var(dim=1, correction=min(1, last)).mean()
        return self.loss_weight / (1 + slope + spread)
