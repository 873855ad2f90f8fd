"""Videos as points, a colour for each class."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure

MOST_IN_LEGEND = 20
# Ten colours and two shapes tell twenty classes apart.
COLOURS = [
    '#1f77b4', '#e6850e', '#2ca02c', '#d62728', '#9467bd',
    '#8c564b', '#e377c2', '#222222', '#b5b52b', '#17becf',
]  # fmt: skip
MARKERS = ('o', '^', 's', 'D')
SIDE = 4.6  # inches of a panel


class Panel(NamedTuple):
    """The points of one model.

    Attributes:
        title: Line above them.
        subtitle: A smaller line below that one.
        points: (N, 2).
    """

    title: str
    subtitle: str
    points: np.ndarray


def draw_scatter(
    panels: Sequence[Panel],
    labels: np.ndarray,
    class_names: Sequence[str],
    path: str | Path,
) -> None:
    """Draw models side by side, with a legend for up to 20 classes.

    Args:
        panels: One for each model, of the same N videos.
        labels: (N,) the classes of the videos.
        class_names: The name of each class.
        path: Picture to write.
    """
    present = np.unique(labels)
    named = len(present) <= MOST_IN_LEGEND
    longest = max(len(shorten(class_names[label])) for label in present)
    margin = 0.45 + 0.07 * longest if named else 0.1
    size = (SIDE * len(panels) + margin, SIDE + 0.65)
    figure = Figure(figsize=size)
    columns = figure.subplots(1, len(panels), squeeze=False)[0]
    figure.subplots_adjust(
        left=0.1 / size[0],
        right=1 - margin / size[0],
        bottom=0.1 / size[1],
        top=1 - 0.55 / size[1],
        wspace=0.04,
    )
    for axes, panel in zip(columns, panels, strict=True):
        _draw_panel(axes, panel, labels, class_names)
    if named:
        legend = columns[-1].legend(
            loc='center left',
            bbox_to_anchor=(1.0, 0.5),
            frameon=False,
            fontsize=9,
            handletextpad=0.3,
        )
        for handle in legend.legend_handles:
            handle.set_sizes([36])
    figure.savefig(path, dpi=130)


def shorten(name: str, most: int = 40) -> str:
    """A class name that fits beside a picture; long ones differ at the end."""
    if len(name) <= most:
        return name
    half = (most - 1) // 2
    return f'{name[:half].rstrip()}…{name[-half:].lstrip()}'


def _draw_panel(
    axes: Axes,
    panel: Panel,
    labels: np.ndarray,
    class_names: Sequence[str],
) -> None:
    axes.set_title(panel.title, loc='left', fontsize=11, pad=18)
    axes.text(
        0, 1.015, panel.subtitle, transform=axes.transAxes, fontsize=9,
        color='#555555',
    )  # fmt: skip
    present = np.unique(labels)
    crowd = np.clip(6000 / len(labels), 8, 42)
    for place, label in enumerate(present):
        color, marker = _style(place, len(present))
        axes.scatter(
            *panel.points[labels == label].T,
            s=crowd,
            color=color,
            marker=marker,
            linewidths=0.4,
            edgecolors='white',
            label=shorten(class_names[label]),
        )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color('#bbbbbb')
    axes.margins(0.04)


def _style(place: int, num: int) -> tuple[str | np.ndarray, str]:
    """The colour and shape of a class among so many."""
    if num <= MOST_IN_LEGEND:
        return COLOURS[place % 10], MARKERS[place // 10]
    # Neighbours in the list differ in lightness and shape as well.
    hue = place / num
    value = (0.95, 0.6, 0.8)[place % 3]
    return hsv_to_rgb((hue, 0.85, value)), MARKERS[place % len(MARKERS)]
