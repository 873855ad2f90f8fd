from mmengine.model import BaseModule
from torch import Tensor

from ..builder import build_part
from ..features import VisualFeatures
from ..roles import Pooler


class SequencePooler(BaseModule):
    """Base of the poolers that let the frames of a video see each other.

    A subclass says in ``aggregate`` what it makes of them.

    Args:
        residual: Whether the frames are added to that.
        reduce: Config of the pooler that makes one embedding of them.
    """

    renamed_arguments = dict(then='reduce', start='init')

    def __init__(
        self, residual: bool = True, reduce: dict | None = None
    ) -> None:
        super().__init__()
        self.residual = residual
        # its name in checkpoints
        self.then = build_part(reduce or dict(type='MeanPooler'), Pooler)

    @property
    def keeps_frames(self) -> bool:
        """Whether the result is (B, T, E)."""
        return self.then.keeps_frames

    def aggregate(self, frames: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, E) frames and their (B, T) mask to (B, T, E)."""
        raise NotImplementedError

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video, or what ``reduce`` gives."""
        aggregated = self.aggregate(features.frames, features.mask)
        if self.residual:
            aggregated = aggregated + features.frames
        return self.then(features._replace(frames=aggregated))
