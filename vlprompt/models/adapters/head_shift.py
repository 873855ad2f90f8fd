from collections.abc import Sequence

import torch
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from .inside_part import InsidePart


@MODELS.register_module()
class HeadShift(InsidePart):
    """ZeroI2V: some heads attend to another frame (STDHA).

    Slices of the channels of keys and values come from the frames at some
    distances, slice after slice; all other channels stay.  Where there is no
    such frame, a slice keeps the frame's own values.  Any number of frames,
    no parameters; a clip of one frame is encoded as by CLIP.

    Args:
        width: Width of the tower, D.
        heads: Attention heads of the tower.
        offsets: The distance in frames of each slice: ``(-1, 1)`` on
            Kinetics-400, ``(-1, 1, -2, 2)`` on Something-Something v2.
        shift_div: D over the channels of a slice.  By default a slice is a
            head (12 in ViT-B/16, as published), or less where there are more
            slices than heads.

    Raises:
        UserError: If there is no slice, or the slices are more than there
            are channels.
    """

    tokenwise = False
    mixes_frames = True
    shares = True

    def __init__(
        self,
        width: int,
        heads: int,
        offsets: Sequence[int] = (-1, 1),
        shift_div: int | None = None,
    ) -> None:
        super().__init__()
        self.offsets = tuple(offsets)
        self.size = width // (shift_div or max(heads, len(self.offsets)))
        if not 0 < self.size * len(self.offsets) <= width:
            raise UserError(
                f'HeadShift: offsets={list(offsets)} and shift_div='
                f'{shift_div} make {len(self.offsets)} slices of {self.size} '
                f'channels; the tower has {width}'
            )

    def share(self, x: Tensor) -> Tensor:
        """(B, T, L, D) keys or values to the same with shifted slices."""
        frames = torch.arange(x.size(1), device=x.device)
        slices = list(x.split(self.size, dim=-1))
        for i, offset in enumerate(self.offsets):
            source = frames + offset
            there = (source >= 0) & (source < len(frames))
            slices[i] = slices[i][:, torch.where(there, source, frames)]
        return torch.cat(slices, dim=-1)
