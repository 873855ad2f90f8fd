"""Colour jitter of whole clips."""

import numpy as np
from mmcv.transforms import BaseTransform
from torchvision.transforms import ColorJitter

from vlprompt.registry import TRANSFORMS

from .color_operations import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
)

# In the order of torchvision's factors
OPERATIONS = (
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    adjust_hue,
)


@TRANSFORMS.register_module()
class ClipColorJitter(BaseTransform):
    """ViFi-CLIP: with some probability, jitter the colours of a clip.

    One coin per clip decides; then torchvision's jitter is drawn anew for
    every frame, as published, or once for all of them.  Frames and draws
    are those of torchvision's ``ColorJitter`` on PIL's images, to the bit.

    Required and modified key: ``imgs``, (H, W, 3) uint8 RGB frames.

    Args:
        p: Probability that a clip is jittered.
        brightness: torchvision's argument, and so are the next three.
        contrast: See there.
        saturation: See there.
        hue: See there.
        per_frame: Whether every frame gets factors of its own.
    """

    def __init__(
        self,
        p: float = 0.8,
        brightness: float = 0.4,
        contrast: float = 0.4,
        saturation: float = 0.2,
        hue: float = 0.1,
        per_frame: bool = True,
    ) -> None:
        self.p = p
        self.per_frame = per_frame
        self.jitter = ColorJitter(brightness, contrast, saturation, hue)

    def transform(self, results: dict) -> dict:
        """Jitter the frames, or leave them as they are."""
        if np.random.rand() >= self.p:
            return results
        frames = results['imgs']
        if self.per_frame:
            results['imgs'] = [self._apply(frame) for frame in frames]
        else:
            # As one tall picture, so that all frames get the same factors;
            # contrast is then relative to the mean of the clip.
            jittered = self._apply(np.concatenate(frames))
            results['imgs'] = np.split(jittered, len(frames))
        return results

    def _apply(self, frame: np.ndarray) -> np.ndarray:
        ranges = self.jitter
        order, *factors = ranges.get_params(
            ranges.brightness, ranges.contrast, ranges.saturation, ranges.hue
        )
        for i in order.tolist():
            if factors[i] is not None:
                frame = OPERATIONS[i](frame, factors[i])
        return frame

    def __repr__(self) -> str:
        """The transform with its arguments."""
        return (
            f'{type(self).__name__}(p={self.p}, per_frame={self.per_frame}, '
            f'{self.jitter})'
        )
