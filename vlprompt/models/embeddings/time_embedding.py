import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn import functional as F

from vlprompt.errors import UserError
from vlprompt.registry import MODELS


@MODELS.register_module()
class TimeEmbedding(BaseModule):
    """A learned vector for each frame, added to all tokens of the frame.

    Stands before the tower's ``ln_pre`` (Vita-CLIP, AIM).

    Args:
        width: Width of the tower, D.
        num_frames: Vectors, T.
        std: Standard deviation they start with: 0.02 in Vita-CLIP, 0 in AIM.
        resize: ``'nearest'`` stretches the vectors over another number of
            frames (Vita-CLIP), None refuses it.
    """

    def __init__(
        self,
        width: int,
        num_frames: int,
        std: float = 0.0,
        resize: str | None = None,
    ) -> None:
        super().__init__()
        if resize not in (None, 'nearest'):
            raise UserError(f"resize={resize!r}, expected 'nearest' or None")
        self.resize = resize
        self.vectors = nn.Parameter(std * torch.randn(num_frames, width))

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T, L, D) tokens to the same with their time.

        Raises:
            UserError: If there are other frames than vectors and no
                ``resize``.
        """
        return tokens + self._fit(tokens.size(1))[:, None].to(tokens.dtype)

    def _fit(self, frames: int) -> Tensor:
        if frames == len(self.vectors):
            return self.vectors
        if self.resize is None:
            raise UserError(
                f'clips of {frames} frames given, this time embedding has '
                f'{len(self.vectors)}'
            )
        rows = F.interpolate(self.vectors.T[None], frames, mode=self.resize)
        return rows[0].T
