"""What the videos of these tests show, and files of them."""

from pathlib import Path

import numpy as np

from vlprompt.shipped import find_config
from vlprompt.toy.clip_file import expand
from vlprompt.toy.files import CLIP, SHIPPED, write_video
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


def write_toy(folder: Path, more: str = '') -> None:
    """Write the toy CLIP, a config of it, and videos.

    Args:
        folder: Where ``toy.py``, ``three.mp4`` of three scenes of 6 s each,
            and ``clips`` with a video of 2 s for each thing are written.
        more: Lines of the config.
    """
    expand(SHIPPED / CLIP, folder / CLIP)
    base, clip = find_config('clip/clip_toy.py'), str(folder / CLIP)
    (folder / 'toy.py').write_text(
        f'_base_ = [{base!r}]\n'
        f'model = dict(clip=dict(pretrained={clip!r}))\n{more}'
    )
    scenes = [frames_of(name, 6) for name in SCENES]
    write_video(folder / 'three.mp4', np.concatenate(scenes), WORLD.fps)
    (folder / 'clips').mkdir()
    for thing, name in zip(THINGS, SCENES, strict=True):
        path = folder / 'clips' / f'{thing.replace(" ", "_")}.mp4'
        write_video(path, frames_of(name), WORLD.fps)
