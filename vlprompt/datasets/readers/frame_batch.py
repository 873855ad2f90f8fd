"""Frames as decord returns them."""

from typing import NamedTuple

import numpy as np


class FrameBatch(NamedTuple):
    """Frames as decord returns them."""

    frames: np.ndarray

    def asnumpy(self) -> np.ndarray:
        """(N, H, W, 3) uint8, RGB."""
        return self.frames
