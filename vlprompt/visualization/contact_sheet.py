"""Frames of clips beside what a model takes them for."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vlprompt.pages.strips import read_frames

RIGHT, WRONG = '#2e7d32', '#c62828'
PALE = {RIGHT: '#a5d6a7', WRONG: '#ef9a9a', None: '#cfd8dc'}


def draw_contact_sheet(
    predictions: Sequence[dict],
    class_names: Sequence[str],
    path: str | Path,
    title: str = '',
    num_frames: int = 5,
    top: int = 3,
) -> None:
    """Draw a row for each clip: frames, true class, best classes as bars.

    Args:
        predictions: Rows as ``vlprompt test --dump`` writes them:
            ``filename``, ``gt_label`` and ``pred_score`` (C,).
        class_names: The C class names.
        path: Picture to write.
        title: Line above the rows.
        num_frames: Frames of each clip, evenly spaced.
        top: How many of the best classes are shown.
    """
    rows = len(predictions)
    figure = Figure(figsize=(1.25 * num_frames + 4.6, 1.35 * rows + 0.5))
    figure.suptitle(title, x=0.02, ha='left', fontsize=11)
    widths = [1] * num_frames + [0.1, 3.0]
    grid = figure.add_gridspec(
        rows,
        num_frames + 2,
        width_ratios=widths,
        wspace=0.04,
        hspace=0.32,
        left=0.02,
        right=0.98,
        top=1 - 0.45 / (1.35 * rows + 0.5),
        bottom=0.02,
    )
    for row, prediction in enumerate(predictions):
        frames = read_frames(prediction['filename'], num_frames)
        for column, frame in enumerate(frames):
            axes = figure.add_subplot(grid[row, column])
            axes.imshow(frame)
            axes.set_axis_off()
        bars = figure.add_subplot(grid[row, -1])
        _draw_scores(bars, prediction, class_names, top)
    figure.savefig(path, dpi=110)


def _draw_scores(
    axes: Axes, prediction: dict, class_names: Sequence[str], top: int
) -> None:
    scores = np.asarray(prediction['pred_score'])
    label = int(prediction['gt_label'][0])
    best = scores.argsort()[::-1][:top]
    first = RIGHT if best[0] == label else WRONG
    axes.set_title(
        class_names[label], loc='left', fontsize=9, color=first, pad=2
    )
    for place, index in enumerate(best):
        color = RIGHT if index == label else WRONG if place == 0 else None
        axes.barh(-place, scores[index], color=PALE[color], height=0.8)
        axes.text(
            0.02,
            -place,
            f'{class_names[index]}  {100 * scores[index]:.0f} %',
            va='center',
            fontsize=8,
        )
    axes.set_xlim(0, max(0.6, scores.max()))
    axes.set_ylim(-top + 0.4, 0.6)
    axes.set_axis_off()
