"""The files of the toy world: clips, lists of clips, class names, CLIP."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from vlprompt.whole_files import write_text

from . import descriptions, lists, motions, scenes, shapes
from . import world as world_module
from .lists import write_lists
from .world import World, clip_file, clip_names, render_clip

# The CLIP as it is shipped, and its name in any world
SHIPPED = Path(__file__).parent
CLIP = 'toy_clip.safetensors'
CLIP_REPORT = 'toy_clip.json'
META = 'meta.json'  # what the clips are


def digest(*modules, **values) -> str:
    """A short name for the code and the values that a file depends on."""
    state = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
    for module in modules:
        state.update(Path(module.__file__).read_bytes())
    return state.hexdigest()[:16]


def world_digest(world: World) -> str:
    """What clips and lists depend on: the parameters and the code."""
    modules = (descriptions, lists, motions, scenes, shapes, world_module)
    return digest(*modules, **asdict(world))


def write_video(path: Path, frames: np.ndarray, fps: int) -> None:
    """(T, H, W, 3) RGB frames to an mp4 file."""
    height, width = frames.shape[1:3]
    codec = cv2.VideoWriter_fourcc(*'mp4v')
    writer = cv2.VideoWriter(str(path), codec, fps, (width, height))
    if not writer.isOpened():
        raise OSError(f'OpenCV cannot write the video {path}')
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()


def _write_clip(world: World, folder: Path, clip: tuple) -> None:
    path = folder / clip_file(*clip)
    write_video(path, render_clip(world, *clip), world.fps)


def write_world(
    world: World,
    root: Path,
    workers: int,
    expect: Callable[[int], None] = lambda total: None,
    advance: Callable[[], None] = lambda: None,
) -> None:
    """Write the clips, their lists and, last of all, ``meta.json``.

    Args:
        world: What to write.
        root: Its folder.
        workers: Processes that draw.
        expect: Told how many clips there will be.
        advance: Called after each clip.
    """
    folder = root / 'videos'
    folder.mkdir(parents=True, exist_ok=True)
    (root / META).unlink(missing_ok=True)
    for old in folder.glob('*.mp4'):
        old.unlink()
    clips = list(clip_names(world))
    expect(len(clips))
    with ProcessPoolExecutor(workers) as pool:
        write = partial(_write_clip, world, folder)
        for _ in pool.map(write, clips, chunksize=8):
            advance()
    write_lists(world, root)
    meta = dict(asdict(world), digest=world_digest(world), clips=len(clips))
    write_text(root / META, json.dumps(meta, indent=2) + '\n')


def is_written(world: World, root: Path) -> bool:
    """Whether exactly this world, made by this code, lies in a folder."""
    meta = root / META
    if not meta.is_file():
        return False
    return json.loads(meta.read_text()).get('digest') == world_digest(world)
