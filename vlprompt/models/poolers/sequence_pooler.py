from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..features import VisualFeatures


class SequencePooler(BaseModule):
    """Base of the poolers that let the frames of a video see each other.

    A subclass says in ``aggregate`` what it makes of them.

    Args:
        residual: Whether the frames are added to that.
        then: Config of the pooler that makes one embedding of them.
    """

    def __init__(
        self, residual: bool = True, then: dict | None = None
    ) -> None:
        super().__init__()
        self.residual = residual
        self.then = MODELS.build(then or dict(type='MeanPooler'))

    @property
    def keeps_frames(self) -> bool:
        """Whether the result is (B, T, E)."""
        return getattr(self.then, 'keeps_frames', False)

    def aggregate(self, frames: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, E) frames and their (B, T) mask to (B, T, E)."""
        raise NotImplementedError

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video, or what ``then`` gives."""
        aggregated = self.aggregate(features.frames, features.mask)
        if self.residual:
            aggregated = aggregated + features.frames
        return self.then(features._replace(frames=aggregated))
