"""Clips without colours."""

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from vlprompt.registry import TRANSFORMS

# torchvision's, which truncates: ITU-R 601.
WEIGHTS = np.array([0.2989, 0.587, 0.114], np.float32)


@TRANSFORMS.register_module()
class ClipGrayscale(BaseTransform):
    """ViFi-CLIP: with some probability, take the colours from a clip.

    One coin per clip decides.  Coin and frames are those of torchvision's
    ``RandomGrayscale`` in MMAction2's ``TorchVisionWrapper``, to the bit,
    without the way to a tensor and back.

    Required and modified key: ``imgs``, (H, W, 3) uint8 RGB frames.

    Args:
        p: Probability.
    """

    def __init__(self, p: float = 0.2) -> None:
        self.p = p

    def transform(self, results: dict) -> dict:
        """Make the frames gray, or leave them as they are."""
        if torch.rand(1) < self.p:
            results['imgs'] = [_gray(frame) for frame in results['imgs']]
        return results

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return f'{type(self).__name__}(p={self.p})'


def _gray(frame: np.ndarray) -> np.ndarray:
    red, green, blue = np.moveaxis(frame, -1, 0).astype(np.float32)
    gray = red * WEIGHTS[0] + green * WEIGHTS[1] + blue * WEIGHTS[2]
    return np.repeat(gray.astype(np.uint8)[..., None], 3, axis=-1)
