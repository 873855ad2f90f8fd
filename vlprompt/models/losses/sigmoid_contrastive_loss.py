from mmengine.model import BaseModule
from torch import Tensor
from torch.nn import functional as F

from vlprompt.registry import MODELS


@MODELS.register_module()
class SigmoidContrastiveLoss(BaseModule):
    """SigLIP: each text and each video belong together, or do not.

    The sum of the binary cross-entropies of all pairs of a batch, over the
    number of videos.  Samples of the same class belong together.  The head
    adds CLIP's ``logit_bias`` to the similarities.

    Args:
        loss_weight: Factor.
    """

    needs_bias = True

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, scores: Tensor, same: Tensor) -> Tensor:
        """(B, B) similarities and whether they belong together to a scalar."""
        loss = F.binary_cross_entropy_with_logits(
            scores, same.to(scores.dtype), reduction='sum'
        )
        return self.loss_weight * loss / scores.size(1)
