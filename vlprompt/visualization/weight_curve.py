"""A metric over the weight of pretrained CLIP."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

LINE, MARK = '#1f77b4', '#d62728'


def draw_weight_curve(
    weights: Sequence[float],
    values: Sequence[float],
    chosen: int,
    metric: str,
    subtitle: str,
    path: str | Path,
) -> None:
    """Draw the curve, its two ends named and the chosen point marked.

    Args:
        weights: Of pretrained CLIP, from 0 to 1.
        values: The metric with each.
        chosen: The place of the chosen point.
        metric: Its name.
        subtitle: Where it was measured.
        path: Picture to write.
    """
    pairs = sorted(zip(weights, values, strict=True))
    figure = Figure(figsize=(5.2, 3.6), layout='constrained')
    axes = figure.subplots()
    axes.plot(*zip(*pairs, strict=True), color=LINE, marker='o', markersize=4)
    best = weights[chosen], values[chosen]
    axes.plot(*best, 'o', color=MARK, markersize=8, label=f'W = {best[0]:g}')
    axes.set_title(subtitle, loc='left', fontsize=9, color='#555555')
    axes.set_ylabel(metric)
    axes.set_xlabel('W: fine-tuned at 0, pretrained CLIP at 1')
    axes.grid(color='#dddddd', linewidth=0.6)
    axes.spines[['top', 'right']].set_visible(False)
    axes.legend(frameon=False)
    # A file that is being written has a name without a suffix.
    figure.savefig(path, dpi=130, format='png')
