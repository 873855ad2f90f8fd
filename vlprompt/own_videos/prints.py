"""Small pictures of videos, by which the same video is found again."""

import hashlib
import os
from typing import NamedTuple

import cv2
import numpy as np

from vlprompt.datasets.readers.decode_errors import UNREADABLE, reason
from vlprompt.datasets.readers.open_reader import open_reader

PLACES = (0.1, 0.35, 0.6, 0.85)  # of the frames, in a video
SIDE = 16  # pixels of a small picture
ENDS = 1 << 16  # bytes of a file that are hashed, at either end


class VideoPrint(NamedTuple):
    """What a video looks like, in short.

    Attributes:
        problem: Why it cannot be read; nothing if it can.
        frames: How many it has.
        digest: The SHA-256 of its size and of the ends of the file.
        pictures: (4, 16, 16) brightness of four frames, as hexadecimal
            digits.
    """

    problem: str = ''
    frames: int = 0
    digest: str = ''
    pictures: str = ''

    def brightness(self) -> np.ndarray:
        """(4, 16, 16) bytes of the pictures."""
        values = np.frombuffer(bytes.fromhex(self.pictures), np.uint8)
        return values.reshape(len(PLACES), SIDE, SIDE)


def print_video(file: str) -> VideoPrint:
    """Read four frames of a video: whether it can be, and what it shows."""
    try:
        digest = digest_of_video(file)
        reader = open_reader(file)
        places = [int(place * len(reader)) for place in PLACES]
        frames = reader.read(places)
    except UNREADABLE as error:
        return VideoPrint(problem=reason(error))
    pictures = np.stack([_shrink(frame) for frame in frames])
    return VideoPrint('', len(reader), digest, pictures.tobytes().hex())


def _shrink(frame: np.ndarray) -> np.ndarray:
    """(H, W, 3) RGB to (16, 16) brightness."""
    gray = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    return cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def digest_of_video(file: str) -> str:
    """The SHA-256 of its size and of the ends of the file."""
    size = os.path.getsize(file)
    state = hashlib.sha256(str(size).encode())
    with open(file, 'rb') as opened:
        state.update(opened.read(ENDS))
        opened.seek(max(0, size - ENDS))
        state.update(opened.read(ENDS))
    return state.hexdigest()
