"""What the videos of these tests show."""

import numpy as np

from vlprompt.toy.world import World, render_clip

WORLD = World()
THINGS = ('red star', 'blue heart', 'green arrow')
MOTION = 'circling'
SCENES = tuple(f'{thing} {MOTION}' for thing in THINGS)


def frames_of(name: str, seconds: int = 2) -> np.ndarray:
    """(T, H, W, 3) frames of a class of the toy world."""
    clips = [
        render_clip(WORLD, 'val', name, number)
        for number in range(seconds // 2)
    ]
    return np.concatenate(clips)
