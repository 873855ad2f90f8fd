"""Frames of a clip as one small picture inside a page."""

import base64
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from vlprompt.datasets.readers.open_reader import open_reader

HEIGHT = 84  # pixels of a frame on a page
QUALITY = 72  # of JPEG
GAP = 2  # pixels between frames


class Strip(NamedTuple):
    """A picture, as ``<img>`` takes it.

    Attributes:
        source: A ``data:`` address that holds the picture itself.
        width: In pixels.
        height: In pixels.
    """

    source: str
    width: int
    height: int


def read_frames(file: str, num: int) -> np.ndarray:
    """(num, H, W, 3) frames of a clip, the first and the last among them.

    Raises:
        OSError: If it cannot be read, in words.
    """
    reader = open_reader(file)
    return reader.get_batch(evenly_spaced(len(reader), num)).asnumpy()


def evenly_spaced(total: int, num: int) -> list[int]:
    """``num`` places from the first to the last of ``total``."""
    return np.linspace(0, total - 1, num).round().astype(int).tolist()


def frame_strip(
    rows: np.ndarray | Sequence[np.ndarray],
    height: int = HEIGHT,
    quality: int = QUALITY,
) -> Strip:
    """Lay frames side by side, in one row or several.

    Args:
        rows: (T, H, W, 3) uint8 RGB, or some of these, which come one below
            the other.
        height: Of a row.
        quality: Of JPEG, up to 100.
    """
    if isinstance(rows, np.ndarray):
        rows = [rows]
    bands = [_band(frames, height) for frames in rows]
    width = max(band.shape[1] for band in bands)
    bands = [_pad(band, width - band.shape[1]) for band in bands]
    gap = np.full((GAP, width, 3), 255, np.uint8)
    parts = [part for band in bands for part in (band, gap)][:-1]
    picture = np.concatenate(parts)
    # OpenCV wants BGR
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, content = cv2.imencode('.jpg', picture[..., ::-1], flags)
    text = base64.b64encode(content.tobytes()).decode()
    return Strip(f'data:image/jpeg;base64,{text}', width, picture.shape[0])


def _band(frames: np.ndarray, height: int) -> np.ndarray:
    """(T, H, W, 3) to one picture of a height."""
    width = max(1, round(frames.shape[2] * height / frames.shape[1]))
    smaller = height < frames.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    gap = np.full((height, GAP, 3), 255, np.uint8)
    parts = []
    for frame in frames:
        resized = cv2.resize(frame, (width, height), interpolation=method)
        parts += [resized, gap]
    return np.concatenate(parts[:-1], axis=1)


def _pad(band: np.ndarray, width: int) -> np.ndarray:
    sides = [(0, 0), (0, width), (0, 0)]
    return np.pad(band, sides, constant_values=255)
