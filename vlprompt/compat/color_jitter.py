"""MMAction2's ColorJitter overflows uint8 for half of all hues."""

from typing import TYPE_CHECKING

from .remedy import Remedy

if TYPE_CHECKING:
    import numpy as np


def is_needed() -> bool:
    """Whether a negative hue is refused, as with NumPy 2."""
    import numpy as np
    from mmaction.datasets.transforms.processing import ColorJitter

    try:
        ColorJitter.adjust_hue(np.zeros((1, 1, 3), np.float32), -0.1)
    except OverflowError:
        return True
    return False


def apply() -> None:
    """Add hues as integers that hold the sum."""
    from mmaction.datasets.transforms.processing import ColorJitter

    ColorJitter.adjust_hue = staticmethod(adjust_hue)


def adjust_hue(image: 'np.ndarray', factor: float) -> 'np.ndarray':
    """Turn the hues of an (H, W, 3) RGB image by a part of a circle."""
    import cv2
    import numpy as np

    image = np.clip(image, 0, 255).astype(np.uint8)
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    hue = hsv[..., 0].astype(np.int16) + int(factor * 255)
    hsv[..., 0] = (hue % 180).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32)


REMEDY = Remedy(
    package='mmaction2',
    reason='ColorJitter fails for negative hues with NumPy 2',
    is_needed=is_needed,
    apply=apply,
    advice='use ClipColorJitter, or "numpy<2"',
    after='mmaction.datasets.transforms.processing',
)
