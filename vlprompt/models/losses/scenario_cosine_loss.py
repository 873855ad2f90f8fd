from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures

DISTANCES = {
    'cosine': lambda a, b: 1 - (a * b).sum(dim=-1),
    'l2': lambda a, b: (a - b).square().sum(dim=-1),
    'l1': lambda a, b: (a - b).abs().sum(dim=-1),
}


@MODELS.register_module()
class ScenarioCosineLoss(BaseModule):
    """ViLT-CLIP: keeps the learned class texts near hand-crafted ones.

    ``1 - mean cosine`` over the classes between the prompted texts and the
    anchors, which the frozen CLIP makes of a scenario such as ``'a video of
    a person doing {}.'``.  The paper's eq. 12 prints the mean cosine itself;
    its text, and KgCoOp whose loss it is, minimise the distance.

    Args:
        loss_weight: The paper's alpha, not given there; KgCoOp uses 8.
        distance: ``'cosine'``, ``'l2'`` (squared; twice the cosine form) or
            ``'l1'``, between normalised features.
    """

    def __init__(
        self, loss_weight: float = 8.0, distance: str = 'cosine'
    ) -> None:
        super().__init__()
        if distance not in DISTANCES:
            raise UserError(
                f'distance={distance!r}, expected one of {list(DISTANCES)}'
            )
        self.loss_weight = loss_weight
        self.distance = distance

    def forward(self, features: VideoTextFeatures) -> Tensor:
        """(C, E) texts and anchors to a weighted scalar."""
        if features.anchors is None:
            raise UserError(
                'ScenarioCosineLoss needs texts with an anchor_template'
            )
        unit = features.unit()
        distance = DISTANCES[self.distance](unit.text, unit.anchors)
        return self.loss_weight * distance.mean()
