from mmengine.model import BaseModule
from torch import Tensor
from torch.nn import functional as F

from vlprompt.registry import MODELS


@MODELS.register_module(name=['SoftTargetKLLoss', 'SameClassKLLoss'])
class SoftTargetKLLoss(BaseModule):
    """ActionCLIP: samples of the same class share the target.

    Mean over both directions of the KL divergence from ``softmax(10 same)``
    to the softmax of the similarities, entropy included (section 3.2).

    Args:
        sharpness: The 10.
        loss_weight: Factor.
    """

    def __init__(
        self, sharpness: float = 10.0, loss_weight: float = 1.0
    ) -> None:
        super().__init__()
        self.sharpness = sharpness
        self.loss_weight = loss_weight

    def forward(self, scores: Tensor, same: Tensor) -> Tensor:
        """(B, B) similarities and whether classes agree to a scalar."""
        target = (self.sharpness * same.to(scores.dtype)).log_softmax(dim=-1)
        loss = sum(
            F.kl_div(
                x.log_softmax(dim=-1),
                target,
                reduction='batchmean',
                log_target=True,
            )
            for x in (scores, scores.mT)
        )
        return self.loss_weight * loss / 2
