"""Frames with what a model looks at laid over them."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import cv2
import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

SIDE = 192  # pixels that frames are drawn with at least
OPACITY = 0.65  # of the strongest heat
COLUMNS = 8  # frames of a grid at most
GAP = 4


class FrameRow(NamedTuple):
    """A row of pictures.

    Attributes:
        name: What stands beside it.
        frames: (T, H, W, 3) uint8 RGB.
    """

    name: str
    frames: np.ndarray


def scale_maps(maps: np.ndarray, per_clip: bool = False) -> np.ndarray:
    """(T, h, w) to 0 ... 1, each frame or the clip by its own extremes.

    What is the same everywhere becomes 0.
    """
    axes = (0, 1, 2) if per_clip else (1, 2)
    low = maps.min(axis=axes, keepdims=True)
    extent = maps.max(axis=axes, keepdims=True) - low
    return (maps - low) / np.where(extent > 0, extent, 1)


def overlay(frames: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """Heat over frames, more opaque where it is hotter.

    Args:
        frames: (T, H, W, 3) uint8 RGB.
        maps: (T, h, w) from 0 to 1; enlarged bilinearly.

    Returns:
        (T, H, W, 3) uint8 RGB.
    """
    height, width = frames.shape[1:3]
    colors = matplotlib.colormaps['turbo']
    pictures = []
    for frame, heat in zip(frames, maps, strict=True):
        heat = cv2.resize(heat.astype(np.float32), (width, height))
        heat = heat.clip(0, 1)[..., None]
        color = 255 * colors(heat[..., 0])[..., :3]
        weight = OPACITY * heat
        pictures.append((1 - weight) * frame + weight * color)
    return np.stack(pictures).round().astype(np.uint8)


def enlarge(frames: np.ndarray) -> np.ndarray:
    """(T, H, W, 3) frames whose shorter side has at least ``SIDE`` pixels."""
    factor = max(1.0, SIDE / min(frames.shape[1:3]))
    size = [round(factor * side) for side in frames.shape[2:0:-1]]
    return np.stack([cv2.resize(frame, size) for frame in frames])


def draw_frame_grid(
    rows: Sequence[FrameRow], path: str | Path, title: str = ''
) -> None:
    """Draw rows of frames, at most eight of them, evenly spaced.

    Args:
        rows: With the same number of frames.
        path: Picture to write.
        title: Line above the rows.
    """
    total = len(rows[0].frames)
    places = np.linspace(0, total - 1, min(total, COLUMNS)).round().astype(int)
    columns = len(places)
    height = 1.3 * len(rows) + 0.6
    figure = Figure(figsize=(1.3 * columns + 1.6, height))
    figure.suptitle(title, x=0.02, ha='left', fontsize=11)
    grid = figure.add_gridspec(
        len(rows),
        columns + 1,
        width_ratios=[1.15, *[1] * columns],
        wspace=0.04,
        hspace=0.04,
        left=0.01,
        right=0.99,
        top=1 - 0.55 / height,
        bottom=0.02,
    )
    for i, row in enumerate(rows):
        label = figure.add_subplot(grid[i, 0])
        lines = [
            part for line in row.name.splitlines() for part in wrap(line, 24)
        ]
        label.text(0.0, 0.5, '\n'.join(lines), va='center', fontsize=8)
        label.set_axis_off()
        for column, place in enumerate(places):
            axes = figure.add_subplot(grid[i, column + 1])
            axes.imshow(row.frames[place])
            axes.set_axis_off()
            if i == 0:
                axes.set_title(f'frame {place}', fontsize=7, pad=2)
    figure.savefig(path, dpi=110)


def write_mp4(
    rows: Sequence[FrameRow], path: str | Path, fps: float = 4.0
) -> None:
    """Write the rows side by side as a video, all frames of them."""
    pictures = _side_by_side(rows)
    height, width = pictures.shape[1:3]
    codec = cv2.VideoWriter_fourcc(*'mp4v')
    writer = cv2.VideoWriter(str(path), codec, fps, (width, height))
    for picture in pictures:
        writer.write(picture[..., ::-1])
    writer.release()


def write_gif(
    rows: Sequence[FrameRow], path: str | Path, fps: float = 4.0
) -> None:
    """Write the rows side by side as a GIF that repeats."""
    first, *others = map(Image.fromarray, _side_by_side(rows))
    first.save(
        path,
        save_all=True,
        append_images=others,
        duration=round(1000 / fps),
        loop=0,
    )


def _side_by_side(rows: Sequence[FrameRow]) -> np.ndarray:
    """Rows of T frames to (T, H, W, 3), with even H and W."""
    parts = [
        np.pad(
            row.frames, [(0, 0)] * 2 + [(0, GAP), (0, 0)], constant_values=255
        )
        for row in rows
    ]
    whole = np.concatenate(parts, axis=2)
    height, width = (side - side % 2 for side in whole.shape[1:3])
    return np.ascontiguousarray(whole[:, :height, :width])
