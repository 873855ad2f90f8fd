"""PIL's colour operations on arrays: the same bytes in less time.

Brightness and contrast change each value by itself, so PIL blends 256 values
and a table does all others.  PIL finds the hue of each pixel by divisions;
here it is looked up in tables that PIL has made.
"""

from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageEnhance

RAMP = np.arange(256, dtype=np.uint8)
# Channels from the highest to the lowest.  The place has bit 0 if R >= G,
# bit 1 if G >= B and bit 2 if B >= R; not all of them can be wrong.
ORDERS = ('RGB', 'RBG', 'GRB', 'RGB', 'BGR', 'BRG', 'GBR', 'RGB')


def adjust_brightness(frame: np.ndarray, factor: float) -> np.ndarray:
    """(H, W, 3) uint8 to the same, as ``PIL.ImageEnhance.Brightness``."""
    return cv2.LUT(frame, _blend_with(0, factor))


def adjust_contrast(frame: np.ndarray, factor: float) -> np.ndarray:
    """(H, W, 3) uint8 to the same, as ``PIL.ImageEnhance.Contrast``."""
    gray = np.asarray(Image.fromarray(frame).convert('L'))
    mean = cv2.sumElems(gray)[0] / gray.size
    return cv2.LUT(frame, _blend_with(int(mean + 0.5), factor))


def adjust_saturation(frame: np.ndarray, factor: float) -> np.ndarray:
    """(H, W, 3) uint8 to the same, as ``PIL.ImageEnhance.Color``."""
    image = Image.fromarray(frame)
    return np.asarray(ImageEnhance.Color(image).enhance(factor))


def adjust_hue(frame: np.ndarray, factor: float) -> np.ndarray:
    """(H, W, 3) uint8 to the same, as torchvision turns the hue of PIL.

    Args:
        frame: RGB.
        factor: Of a whole turn, -0.5 to 0.5.
    """
    hue, chroma, highest = _to_hue(*cv2.split(frame))
    turned = hue + np.uint8(int(factor * 255) % 256)  # overflows, as it must
    # PIL rounds: of what is higher by a half, the whole part is the same.
    highest = highest + np.float32(0.5)
    channels = [
        (highest - cv2.LUT(turned, drop) * chroma).astype(np.uint8)
        for drop in _drops()
    ]
    return cv2.merge(channels)


def _blend_with(level: int, factor: float) -> np.ndarray:
    """What becomes of each of the 256 values."""
    ramp = Image.fromarray(RAMP[None])
    solid = Image.new('L', ramp.size, level)
    return np.asarray(Image.blend(solid, ramp, factor))


def _to_hue(
    r: np.ndarray, g: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """PIL's hue; saturation times value, float32; and the value."""
    highest = cv2.max(cv2.max(r, g), b)
    lowest = cv2.min(cv2.min(r, g), b)
    middle = r + g + b - highest - lowest  # right again after overflows
    order = (r >= g) | (g >= b) * np.uint8(2) | (b >= r) * np.uint8(4)
    # The bytes of an index, from the lowest: fast, and little-endian.
    gap = highest - lowest
    parts = [gap, highest - middle, order, np.zeros_like(gap)]
    hue = _hues().take(cv2.merge(parts).view('<i4')[..., 0])
    chroma = _chromas().take(cv2.merge([gap, highest]).view('<u2')[..., 0])
    return hue, chroma, highest


@cache
def _hues() -> np.ndarray:
    """PIL's hue by order, highest - middle, highest - lowest; flat."""
    middle, lowest = np.mgrid[255:-1:-1, 255:-1:-1].astype(np.uint8)
    planes = (np.full_like(middle, 255), middle, lowest)
    images = [
        np.dstack([planes[order.index(channel)] for channel in 'RGB'])
        for order in ORDERS
    ]
    return _to_hsv(np.concatenate(images))[..., 0].ravel()


@cache
def _chromas() -> np.ndarray:
    """PIL's saturation times value by highest, highest - lowest; flat."""
    highest, gap = np.mgrid[:256, :256]
    lowest = np.maximum(highest - gap, 0)
    hsv = _to_hsv(np.dstack([highest, lowest, lowest]).astype(np.uint8))
    return np.prod(hsv[..., 1:], axis=-1, dtype=np.float32).ravel()


def _to_hsv(rgb: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(rgb).convert('HSV'))


@cache
def _drops() -> np.ndarray:
    """(3, 256) float32: by hue, how far a channel is below the value.

    In full saturation and value, so to be multiplied by their product.
    """
    sixth, rise = np.divmod(6 * RAMP.astype(int), 255)
    sides = (0, rise, 255, 255, 255 - rise, 0)
    drops = [np.choose((sixth + turn) % 6, sides) for turn in (0, 4, 2)]
    return np.array(drops, np.float32) / np.float32(255**2)
