"""How a thing may move: one path of poses for each motion of the world."""

from typing import NamedTuple

import numpy as np


class Path(NamedTuple):
    """Poses of one thing over T frames, each field (T,).

    Positions and sizes are parts of the picture's side, angles are degrees,
    ``visible`` is True where the thing is drawn.
    """

    x: np.ndarray
    y: np.ndarray
    size: np.ndarray
    angle: np.ndarray
    visible: np.ndarray

    def reversed(self) -> 'Path':
        """The same poses, the last one first."""
        return Path(*(field[::-1] for field in self))


def still(rng: np.random.Generator, num_frames: int) -> Path:
    """A thing at rest somewhere near the middle, about upright."""
    return Path(
        x=np.full(num_frames, rng.uniform(0.3, 0.7)),
        y=np.full(num_frames, rng.uniform(0.3, 0.7)),
        size=np.full(num_frames, rng.uniform(0.16, 0.23)),
        angle=np.full(num_frames, rng.uniform(-30, 30)),
        visible=np.ones(num_frames, dtype=bool),
    )


def _times(num_frames: int) -> np.ndarray:
    return np.linspace(0, 1, num_frames)


def bouncing(rng: np.random.Generator, num_frames: int) -> Path:
    """Up and down on a floor, one to two and a half times."""
    phase = rng.uniform(0, 1) + rng.uniform(1, 2.5) * _times(num_frames)
    height = rng.uniform(0.45, 0.65)
    floor = rng.uniform(0.8, 0.86)
    path = still(rng, num_frames)
    return path._replace(y=floor - height * np.abs(np.sin(np.pi * phase)))


def spinning(rng: np.random.Generator, num_frames: int) -> Path:
    """In place, one to two turns, either way round."""
    turns = rng.choice([-1, 1]) * rng.uniform(1, 2)
    path = still(rng, num_frames)
    return path._replace(angle=path.angle + 360 * turns * _times(num_frames))


def circling(rng: np.random.Generator, num_frames: int) -> Path:
    """Along a wide circle, a turn to one and a half, either way round."""
    turns = rng.choice([-1, 1]) * rng.uniform(1, 1.5)
    angle = 2 * np.pi * (rng.uniform(0, 1) + turns * _times(num_frames))
    radius = rng.uniform(0.28, 0.34)
    x, y = rng.uniform(0.46, 0.54, size=2)
    return still(rng, num_frames)._replace(
        x=x + radius * np.cos(angle), y=y + radius * np.sin(angle)
    )


def blinking(rng: np.random.Generator, num_frames: int) -> Path:
    """There and gone, for two to four frames at a time."""
    half = rng.integers(2, 5)
    beats = (np.arange(num_frames) + rng.integers(0, 2 * half)) // half
    return still(rng, num_frames)._replace(visible=beats % 2 == 0)


def moving_left_to_right(rng: np.random.Generator, num_frames: int) -> Path:
    """Across the picture, with a slight slope."""
    times = _times(num_frames)
    path = still(rng, num_frames)
    slope = rng.uniform(-0.1, 0.1)
    return path._replace(
        x=rng.uniform(0.1, 0.16) + rng.uniform(0.68, 0.74) * times,
        y=path.y + slope * (times - 0.5),
    )


def growing(rng: np.random.Generator, num_frames: int) -> Path:
    """In place, from tiny to large."""
    start, end = rng.uniform(0.08, 0.1), rng.uniform(0.29, 0.33)
    size = start + (end - start) * _times(num_frames)
    return still(rng, num_frames)._replace(size=size)


def moving_right_to_left(rng: np.random.Generator, num_frames: int) -> Path:
    """``moving left to right``, played backwards."""
    return moving_left_to_right(rng, num_frames).reversed()


def shrinking(rng: np.random.Generator, num_frames: int) -> Path:
    """``growing``, played backwards."""
    return growing(rng, num_frames).reversed()


MOTIONS = {
    'bouncing': bouncing,
    'spinning': spinning,
    'circling': circling,
    'blinking': blinking,
    'moving left to right': moving_left_to_right,
    'moving right to left': moving_right_to_left,
    'growing': growing,
    'shrinking': shrinking,
}
# Motions that only the order of the frames tells apart stand together.
MOTION_GROUPS = (
    ('bouncing',),
    ('spinning',),
    ('moving left to right', 'moving right to left'),
    ('circling',),
    ('blinking',),
    ('growing', 'shrinking'),
)
