from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from .with_teacher import teacher_of


@MODELS.register_module()
class TextConsistencyLoss(BaseModule):
    """PromptSRC: keeps the texts near those of the frozen CLIP.

    The mean absolute difference of unit features.  PromptSRC's teacher reads
    60 templates; ``model.teacher`` says which.

    Args:
        loss_weight: Factor.
    """

    needs_teacher = True

    def __init__(self, loss_weight: float = 25.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, features: VideoTextFeatures) -> Tensor:
        """(C, E) texts and the teacher's to a scalar."""
        teacher = teacher_of(self, features)
        difference = unit(features.text) - unit(teacher.text)
        return self.loss_weight * difference.abs().mean()
