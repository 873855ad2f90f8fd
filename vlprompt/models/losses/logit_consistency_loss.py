from collections.abc import Callable

import torch
from mmengine.model import BaseModule
from torch import Tensor
from torch.nn import functional as F

from vlprompt.registry import MODELS

from ..features import VideoTextFeatures
from .with_teacher import teacher_of


@MODELS.register_module()
class LogitConsistencyLoss(BaseModule):
    """PromptSRC: keeps the class scores near those of the frozen CLIP.

    The KL divergence ``KL(teacher || model)`` of the softmaxes, divided by
    the number of scores, as its code computes it.

    Args:
        compute_logits: Features to logits; given by the head.
        loss_weight: Factor.
    """

    needs_teacher = True

    def __init__(
        self,
        compute_logits: Callable[[VideoTextFeatures], Tensor],
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.compute_logits = compute_logits
        self.loss_weight = loss_weight

    def forward(self, features: VideoTextFeatures) -> Tensor:
        """The features and the teacher's to a scalar."""
        teacher = teacher_of(self, features)
        logits = self.compute_logits(features).log_softmax(dim=-1)
        with torch.no_grad():  # the factor of the logits may be learned
            target = self.compute_logits(teacher).log_softmax(dim=-1)
        divergence = F.kl_div(logits, target, reduction='sum', log_target=True)
        return self.loss_weight * divergence / logits.numel()
