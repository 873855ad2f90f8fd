"""Still pictures of the toy world and what may be said about them.

Nothing moves here and no caption says so: a CLIP that learns from these knows
things, colours, sizes, tilts and places, as CLIP does before it sees a video.
"""

from typing import NamedTuple

import cv2
import numpy as np

from .scenes import PLACES, draw_thing, finish, paint_place, tint
from .shapes import COLORS, SHAPES

SIZES = {'tiny': 0.12, 'small': 0.18, 'medium': 0.25, 'large': 1.0}
TILTS = ('upright', 'tilted to the right', 'upside down', 'tilted to the left')
POSITIONS = (
    'at the top left',
    'at the top',
    'at the top right',
    'on the left',
    'in the middle',
    'on the right',
    'at the bottom left',
    'at the bottom',
    'at the bottom right',
)
# What can be said of each fact, in the order of ``Facts``.
ALTERNATIVES = (
    tuple(PLACES),
    tuple(COLORS),
    tuple(SHAPES),
    tuple(SIZES),
    POSITIONS,
    TILTS,
)
_CODES = {
    (fact, value): code
    for fact, values in enumerate(ALTERNATIVES)
    for code, value in enumerate((None, *values))
}
OPENINGS = (
    'a photo of',
    'a picture of',
    'a drawing of',
    'an image of',
    'a video of',
    'a still of',
    'here is',
    '',
)


class Facts(NamedTuple):
    """What is true of a picture; ``None`` where there is no thing."""

    place: str
    color: str | None = None
    shape: str | None = None
    size: str | None = None
    position: str | None = None
    tilt: str | None = None


def draw_still(
    rng: np.random.Generator, side: int, size: int | None = None
) -> tuple[np.ndarray, Facts]:
    """A (side, side, 3) RGB picture and its facts; one in twelve is empty.

    With ``size``, the picture is resized to that many pixels.
    """
    picture, facts = _draw_still(rng, side)
    if size not in (None, side):
        picture = cv2.resize(
            picture, (size, size), interpolation=cv2.INTER_AREA
        )
    return picture, facts


def _draw_still(
    rng: np.random.Generator, side: int
) -> tuple[np.ndarray, Facts]:
    place = rng.choice(list(PLACES))
    picture = paint_place(rng, place, side)
    if rng.random() < 1 / 12:
        return finish(rng, picture), Facts(str(place))
    color, shape = rng.choice(list(COLORS)), rng.choice(list(SHAPES))
    x, y = rng.uniform(0.1, 0.9, size=2)
    extent = rng.uniform(0.08, 0.32)
    # Half of the things stand about upright, as most things do.
    angle = rng.uniform(-40, 40) if rng.random() < 0.5 else rng.uniform(0, 360)
    draw_thing(picture, shape, tint(rng, color), x, y, extent, angle)
    facts = Facts(
        place=str(place),
        color=str(color),
        shape=str(shape),
        size=next(word for word, most in SIZES.items() if extent < most),
        position=POSITIONS[3 * int(y * 3) + int(x * 3)],
        tilt=_tilt(angle),
    )
    return finish(rng, picture), facts


def _tilt(angle: float) -> str:
    angle = (angle + 180) % 360 - 180
    if abs(angle) < 45:
        return 'upright'
    if abs(angle) > 135:
        return 'upside down'
    return 'tilted to the right' if angle > 0 else 'tilted to the left'


def codes_of(facts: list[Facts]) -> np.ndarray:
    """(N, 6) numbers of the facts, 0 for ``None``."""
    return np.array([[_CODES[f, v] for f, v in enumerate(x)] for x in facts])


def choose_facts(rng: np.random.Generator, facts: Facts) -> Facts:
    """One to six of the facts, the rest ``None``: captions rarely say all."""
    known = [i for i, value in enumerate(facts) if value is not None]
    count = rng.choice(len(facts), p=(0.3, 0.3, 0.2, 0.1, 0.05, 0.05)) + 1
    keep = set(rng.permutation(known)[:count].tolist())
    return Facts(*(v if i in keep else None for i, v in enumerate(facts)))


def caption(rng: np.random.Generator, facts: Facts) -> str:
    """One of the many ways to say the facts that are not ``None``."""
    thing = (facts.size, facts.color, facts.shape)
    parts = [facts.tilt, facts.position, facts.place]
    rng.shuffle(parts)
    if any(thing):
        words = [word for word in thing[:2] if word]
        parts.insert(0, ' '.join(['a', *words, facts.shape or 'thing']))
    parts.insert(0, rng.choice(OPENINGS))
    return ' '.join(part for part in parts if part)
