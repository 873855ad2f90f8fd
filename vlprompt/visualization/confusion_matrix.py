"""Pictures of which classes a model takes for which."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .scatter import shorten

MOST_NAMED = 60
CELL = 0.24  # inches of a class
RIGHT, WRONG = 'Greens', 'Oranges'


def draw_confusion_matrix(
    matrix: np.ndarray,
    class_names: Sequence[str],
    path: str | Path,
    title: str = '',
) -> None:
    """Draw the share of each class's videos that is taken for each class.

    What is right is green, what is wrong orange.  Up to 60 classes have
    their names and percentages.

    Args:
        matrix: (C, C) counts, true classes in the rows.
        class_names: The C class names.
        path: Picture to write.
        title: Line above it.
    """
    num = len(matrix)
    named = num <= MOST_NAMED
    side = CELL * max(num, 8) if named else 9.0
    longest = max(len(shorten(name)) for name in class_names)
    margin = 0.45 + (0.066 * longest if named else 0.4)
    size = (side + margin + 0.2, side + margin + 0.55)
    figure = Figure(figsize=size)
    box = (margin / size[0], 0.2 / size[1], side / size[0], side / size[1])
    axes = figure.add_axes(box)
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    _draw_cells(axes, share)
    if named:
        _name_classes(axes, class_names)
        _write_percentages(axes, share)
    axes.xaxis.tick_top()
    axes.set_xlabel('taken for', fontsize=10)
    axes.xaxis.set_label_position('top')
    axes.set_ylabel('class', fontsize=10)
    figure.suptitle(
        title, x=0.1 / size[0], y=1 - 0.1 / size[1], ha='left', fontsize=11
    )
    figure.savefig(path, dpi=130)


def draw_confused_pairs(
    names: Sequence[tuple[str, str]],
    counts: Sequence[int],
    shares: Sequence[float],
    path: str | Path,
    title: str = '',
) -> None:
    """Draw a bar for each pair of classes that are confused.

    Args:
        names: A class and what it is taken for.
        counts: How many of its videos.
        shares: Of its videos, from 0 to 1.
        path: Picture to write.
        title: Line above it.
    """
    labels = [f'{shorten(a)}  →  {shorten(b)}' for a, b in names]
    margin = 0.3 + 0.066 * max(map(len, labels), default=20)
    size = (margin + 4.2, 0.26 * max(len(labels), 2) + 0.6)
    figure = Figure(figsize=size)
    axes = figure.add_axes(
        (
            margin / size[0],
            0.1 / size[1],
            4.0 / size[0],
            1 - 0.5 / size[1],
        )
    )
    axes.barh(range(len(labels)), counts, color='#e6850e', height=0.72)
    for place, (count, share) in enumerate(zip(counts, shares, strict=True)):
        axes.text(
            count, place, f'  {count} ({100 * share:.0f} %)',
            va='center', fontsize=9,
        )  # fmt: skip
    axes.set_yticks(range(len(labels)), labels, fontsize=9)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.set_xlim(0, 1.25 * max(counts, default=1))
    axes.set_ylim(max(len(labels), 2) - 0.5, -0.5)
    axes.spines[['top', 'right', 'bottom']].set_visible(False)
    figure.suptitle(
        title, x=0.1 / size[0], y=1 - 0.1 / size[1], ha='left', fontsize=11
    )
    figure.savefig(path, dpi=130)


def _draw_cells(axes: Axes, share: np.ndarray) -> None:
    diagonal = np.eye(len(share), dtype=bool)
    never = share == 0
    for colors, hidden in ((WRONG, diagonal), (RIGHT, ~diagonal)):
        axes.imshow(
            np.ma.array(share, mask=hidden | never),
            cmap=colors,
            vmin=-0.15,  # so that a single video is seen
            vmax=1,
            interpolation='nearest',
        )


def _name_classes(axes: Axes, class_names: Sequence[str]) -> None:
    places = np.arange(len(class_names))
    names = [shorten(name) for name in class_names]
    axes.set_xticks(places, names, rotation=90, fontsize=9)
    axes.set_yticks(places, names, fontsize=9)
    axes.tick_params(length=0)
    axes.set_xticks(places[1:] - 0.5, minor=True)
    axes.set_yticks(places[1:] - 0.5, minor=True)
    axes.grid(which='minor', color='#e4e4e4', linewidth=0.6)
    axes.tick_params(which='minor', length=0)


def _write_percentages(axes: Axes, share: np.ndarray) -> None:
    for row, column in zip(*share.nonzero(), strict=True):
        value = share[row, column]
        axes.text(
            column, row, f'{100 * value:.0f}',
            ha='center', va='center', fontsize=6.5,
            color='white' if value > 0.6 else 'black',
        )  # fmt: skip
