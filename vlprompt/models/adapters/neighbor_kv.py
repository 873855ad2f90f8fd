import torch
from torch import Tensor
from torch.nn import functional as F

from vlprompt.registry import MODELS

from .inside_part import InsidePart


@MODELS.register_module()
class NeighborKV(InsidePart):
    """Open-VCLIP: a frame attends to the frames beside it as well.

    Keys and values of a frame are those of the next frame, of the one before
    and its own.  Beyond the ends of a clip they are zeros, which take part in
    the softmax: each of them adds 1 to its denominator.  So a clip of a
    single frame is *not* encoded as by CLIP.  Any number of frames, no
    parameters.
    """

    tokenwise = False
    mixes_frames = True
    shares = True

    def share(self, x: Tensor) -> Tensor:
        """(B, T, L, D) keys or values to (B, T, 3 L, D), the own ones last."""
        later = F.pad(x[:, 1:], (0, 0, 0, 0, 0, 1))
        earlier = F.pad(x[:, :-1], (0, 0, 0, 0, 1, 0))
        return torch.cat([later, earlier, x], dim=2)
