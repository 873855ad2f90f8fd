from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from .with_teacher import frame_average, teacher_of


@MODELS.register_module()
class VideoConsistencyLoss(BaseModule):
    """PromptSRC: keeps the videos near those of the frozen CLIP.

    The mean absolute difference of unit features.  The teacher's video is
    the mean of its frames; where the model keeps frames, they are compared.

    Args:
        loss_weight: Factor.
    """

    needs_teacher = True

    def __init__(self, loss_weight: float = 10.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, features: VideoTextFeatures) -> Tensor:
        """(B, E) videos or (B, T, E) frames to a scalar."""
        teacher = teacher_of(self, features)
        difference = unit(features.video) - unit(teacher.video)
        difference = difference.abs().mean(dim=-1)
        mask = features.mask if difference.dim() == 2 else None
        return self.loss_weight * frame_average(difference, mask)
