import torch
from mmengine.model import BaseModule
from torch import Tensor
from torch.nn import functional as F

from vlprompt.registry import MODELS


@MODELS.register_module(name=['SymmetricContrastiveLoss', 'PairLoss'])
class SymmetricContrastiveLoss(BaseModule):
    """CLIP, CLIP4Clip: each text finds its video, each video its text.

    Mean of the cross-entropies of rows and columns; other samples of the
    same class count as wrong.

    Args:
        loss_weight: Factor.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, scores: Tensor, same: Tensor) -> Tensor:
        """(B, B) similarities of pairs on the diagonal to a scalar."""
        target = torch.arange(scores.size(0), device=scores.device)
        to_video = F.cross_entropy(scores, target)
        to_text = F.cross_entropy(scores.mT, target)
        return self.loss_weight * (to_video + to_text) / 2
