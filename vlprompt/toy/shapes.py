"""The things of the toy world: outlines in the unit circle, and colours."""

import numpy as np

COLORS = {
    'red': (222, 44, 40),
    'green': (40, 160, 60),
    'blue': (44, 84, 224),
    'yellow': (240, 210, 40),
    'purple': (150, 60, 190),
    'orange': (242, 136, 28),
}


def _spokes(count: int, inner: float) -> np.ndarray:
    """A star with ``count`` points, the first one up."""
    angles = np.arange(2 * count) * np.pi / count
    radii = np.where(np.arange(2 * count) % 2, inner, 1.0)
    return np.stack([radii * np.sin(angles), -radii * np.cos(angles)], 1)


def _heart() -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([x, -y - 2.5], 1) / 17


def _moon() -> np.ndarray:
    outer = np.linspace(0.25, 2 * np.pi - 0.25, 30)
    inner = np.linspace(2 * np.pi - 0.4, 0.4, 30)
    return np.concatenate(
        [
            np.stack([np.cos(outer), np.sin(outer)], 1),
            np.stack([0.35 + 0.75 * np.cos(inner), 0.75 * np.sin(inner)], 1),
        ]
    )


def _polygon(*corners: tuple[float, float]) -> np.ndarray:
    return np.array(corners, dtype=float)


SHAPES = {
    'star': _spokes(5, 0.42),
    'heart': _heart(),
    'arrow': _polygon(
        (0, -1), (0.8, -0.1), (0.32, -0.1), (0.32, 1),
        (-0.32, 1), (-0.32, -0.1), (-0.8, -0.1),
    ),
    'moon': _moon(),
}  # fmt: skip
# The line around a shape.
RIMS = {
    'star': (20, 20, 20),
    'heart': (250, 250, 250),
    'arrow': None,
    'moon': (120, 120, 120),
}
