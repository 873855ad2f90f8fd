"""Pictures of the toy world: a place, a thing in it, pebbles and noise."""

import cv2
import numpy as np

from .shapes import COLORS, RIMS, SHAPES

_SUBPIXEL_BITS = 4


def _blotches(
    rng: np.random.Generator, side: int, grain: int, spread: float
) -> np.ndarray:
    """(side, side, 1) smooth random brightness, ``grain`` blotches wide."""
    coarse = rng.normal(0, spread, size=(grain, grain)).astype(np.float32)
    return cv2.resize(coarse, (side, side))[..., None]


def _plain(color: tuple[int, int, int], grain: int, spread: float):
    def paint(rng: np.random.Generator, side: int) -> np.ndarray:
        return np.float32(color) + _blotches(rng, side, grain, spread)

    return paint


def _sky(rng: np.random.Generator, side: int) -> np.ndarray:
    heights = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    clouds = np.maximum(_blotches(rng, side, 5, 45), 0)
    return np.float32((130, 170, 205)) + 50 * heights + clouds


def _night(rng: np.random.Generator, side: int) -> np.ndarray:
    picture = np.full((side, side, 3), (28, 28, 48), dtype=np.float32)
    rows, columns = rng.integers(0, side, size=(2, side // 2))
    picture[rows, columns] += 140
    return picture


def _bricks(rng: np.random.Generator, side: int) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side] + rng.integers(0, side, (2, 1, 1))
    course = rows // 8
    joint = (rows % 8 == 0) | ((columns + 6 * (course % 2)) % 12 == 0)
    picture = np.where(joint[..., None], 205, np.float32((160, 112, 92)))
    return picture + _blotches(rng, side, 9, 8)


def _water(rng: np.random.Generator, side: int) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    phase = rng.uniform(0, 2 * np.pi)
    waves = np.sin(rows / 2.2 + phase + np.sin(columns / 5 + phase))
    return np.float32((95, 140, 150)) + 22 * waves[..., None]


# What a caption says, and how the place is painted.
PLACES = {
    'on grass': _plain((112, 142, 92), 24, 14),
    'on sand': _plain((206, 184, 142), 32, 9),
    'in the snow': _plain((232, 234, 238), 6, 7),
    'in the sky': _sky,
    'at night': _night,
    'on bricks': _bricks,
    'in the water': _water,
}


def paint_place(
    rng: np.random.Generator, place: str, side: int, max_pebbles: int = 4
) -> np.ndarray:
    """(side, side, 3) RGB picture of a place with grey pebbles."""
    picture = PLACES[place](rng, side) * rng.uniform(0.85, 1.1)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(rng.integers(0, max_pebbles + 1)):
        center = [int(v) for v in rng.integers(2, side - 2, size=2)]
        shade = int(rng.integers(70, 190))
        cv2.circle(picture, center, int(rng.integers(1, 4)), (shade,) * 3, -1)
    return picture


def tint(rng: np.random.Generator, color: str) -> np.ndarray:
    """A shade of a colour: no two red things are quite the same red."""
    return np.clip(COLORS[color] + rng.normal(0, 14, size=3), 0, 255)


def draw_thing(
    picture: np.ndarray,
    shape: str,
    shade: np.ndarray,
    x: float,
    y: float,
    size: float,
    angle: float,
) -> None:
    """Draw a shape, its rim and a white eye into a (side, side, 3) picture."""
    side = len(picture)
    turn = np.deg2rad(angle)
    rotation = np.array(
        [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    outline = SHAPES[shape] @ rotation.T * size + (x, y)
    # The middle of a pixel is half a pixel from its corner.
    scale = side * 2**_SUBPIXEL_BITS
    points = np.round(outline * scale - 2 ** (_SUBPIXEL_BITS - 1))
    points = points.astype(np.int32)[None]
    shift = dict(lineType=cv2.LINE_AA, shift=_SUBPIXEL_BITS)
    cv2.fillPoly(picture, points, shade.tolist(), **shift)
    if RIMS[shape]:
        cv2.polylines(picture, points, True, RIMS[shape], 1, **shift)
    eye = rotation @ (0, -0.4) * size + (x, y)
    eye = [int(v) for v in np.round(eye * scale - 2 ** (_SUBPIXEL_BITS - 1))]
    cv2.circle(picture, eye, int(0.3 * size * scale), (250,) * 3, -1, **shift)


def finish(
    rng: np.random.Generator, pictures: np.ndarray, noise: float = 6.0
) -> np.ndarray:
    """Pictures (..., side, side, 3) with a camera's noise."""
    grain = rng.standard_normal(pictures.shape, dtype=np.float32)
    return np.clip(pictures + noise * grain, 0, 255).astype(np.uint8)
