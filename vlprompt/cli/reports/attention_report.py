"""Frames of a video with where models look, as pictures and videos."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vlprompt.analysis.targets import Target
from vlprompt.visualization.frame_grid import (
    FrameRow,
    draw_frame_grid,
    enlarge,
    overlay,
    scale_maps,
    write_gif,
    write_mp4,
)

WRITERS = {'mp4': write_mp4, 'gif': write_gif}


class Look(NamedTuple):
    """What a model saw, and where it looked.

    Attributes:
        frames: (T, H, W, 3) uint8 RGB.
        maps: (T, h, w).
        target: What was asked for; None where nothing is.
    """

    frames: np.ndarray
    maps: np.ndarray
    target: Target | None


def make_rows(
    names: Sequence[str], looks: Sequence[Look], per_clip: bool
) -> list[FrameRow]:
    """The frames, and below them those that each model looks at.

    Args:
        names: Of the models.
        looks: One for each, of the same number of frames.
        per_clip: One scale for a clip instead of one for each frame.
    """
    rows = [FrameRow('frames', enlarge(looks[0].frames))]
    for name, look in zip(names, looks, strict=True):
        maps = scale_maps(look.maps, per_clip)
        if look.target is not None:
            name = f'{name}\n{look.target.describe()}'
        rows.append(FrameRow(name, overlay(enlarge(look.frames), maps)))
    return rows


def write(
    rows: Sequence[FrameRow], path: Path, title: str, kinds: Sequence[str]
) -> list[Path]:
    """Write the picture, and files of other kinds beside it.

    Args:
        rows: What is drawn.
        path: Of the picture.
        title: Its title.
        kinds: Keys of ``WRITERS``.

    Returns:
        The files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draw_frame_grid(rows, path, title)
    written = [path]
    for kind in kinds:
        written.append(path.with_suffix(f'.{kind}'))
        WRITERS[kind](rows, written[-1])
    return written
