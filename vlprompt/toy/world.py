"""The classes of the toy world, and its clips as arrays."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .motions import MOTION_GROUPS, MOTIONS
from .motions import Path as MotionPath
from .scenes import PLACES, draw_thing, finish, paint_place, tint

OBJECTS = (
    'red star',
    'blue heart',
    'green arrow',
    'yellow star',
    'purple heart',
    'orange arrow',
)
SPLITS = ('train', 'val')
_GROUP_OF = {m: g for g, group in enumerate(MOTION_GROUPS) for m in group}


@dataclass(frozen=True)
class World:
    """What fixes every pixel of the clips.

    Args:
        seed: Of everything that is drawn at random.
        side: Height and width of a clip in pixels.
        num_frames: Frames of a clip.
        fps: Frames a second, as the file says.
        num_train: Training clips of a class.
        num_val: Validation clips of a class.
    """

    seed: int = 0
    side: int = 64
    num_frames: int = 20
    fps: int = 10
    num_train: int = 12
    num_val: int = 8

    def num_clips(self, split: str) -> int:
        """Clips of a class in a split."""
        return {'train': self.num_train, 'val': self.num_val}[split]


def class_names() -> tuple[str, ...]:
    """The 48 classes: every object with every motion."""
    return tuple(f'{thing} {move}' for thing in OBJECTS for move in MOTIONS)


def split_name(name: str) -> tuple[str, str]:
    """A class name to its object and its motion."""
    color, shape, motion = name.split(' ', 2)
    return f'{color} {shape}', motion


def is_base(name: str) -> bool:
    """Whether a class is one to train on; the others are novel.

    Three of the six groups of motions of an object are, another three of the
    next object: every object and every motion is seen in training, half of
    their combinations is not, and an order-dependent pair stays together.
    """
    thing, motion = split_name(name)
    distance = _GROUP_OF[motion] - OBJECTS.index(thing)
    return distance % len(MOTION_GROUPS) in (0, 1, 3)


def subsets() -> dict[str, tuple[str, ...]]:
    """The class lists of the world by the name of their files."""
    names = class_names()
    return {
        'base': tuple(name for name in names if is_base(name)),
        'novel': tuple(name for name in names if not is_base(name)),
        'all': names,
    }


def clip_names(world: World) -> Iterator[tuple[str, str, int]]:
    """Every clip of the world as (split, class name, number)."""
    for split in SPLITS:
        for name in class_names():
            for number in range(world.num_clips(split)):
                yield split, name, number


def clip_file(split: str, name: str, number: int) -> str:
    """The file of a clip, relative to the folder of the videos."""
    return f'{split}_{name.replace(" ", "_")}_{number:03d}.mp4'


def render_clip(
    world: World, split: str, name: str, number: int
) -> np.ndarray:
    """(T, side, side, 3) RGB frames of one clip."""
    rng, path = _begin(world, split, name, number)
    return render_path(rng, split_name(name)[0], path, world.side)


def place_of(world: World, split: str, name: str, number: int) -> str:
    """Where one clip plays: ``'on grass'``."""
    rng, _ = _begin(world, split, name, number)
    return _draw_place(rng)


def _begin(
    world: World, split: str, name: str, number: int
) -> tuple[np.random.Generator, MotionPath]:
    key = (SPLITS.index(split), class_names().index(name), number)
    rng = np.random.default_rng((world.seed, *key))
    return rng, MOTIONS[split_name(name)[1]](rng, world.num_frames)


def _draw_place(rng: np.random.Generator) -> str:
    return str(rng.choice(list(PLACES)))


def render_path(
    rng: np.random.Generator, thing: str, path: MotionPath, side: int
) -> np.ndarray:
    """(T, side, side, 3) RGB frames of a thing on its path in some place."""
    color, shape = thing.split()
    place = paint_place(rng, _draw_place(rng), side)
    shade = tint(rng, color)
    frames = np.stack([place] * len(path.x))
    for t in np.flatnonzero(path.visible):
        pose = (path.x[t], path.y[t], path.size[t], path.angle[t])
        draw_thing(frames[t], shape, shade, *pose)
    return finish(rng, frames)
