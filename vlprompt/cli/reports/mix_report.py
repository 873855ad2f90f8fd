"""Mixes of weights: the file, the table and the picture of their curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlprompt.averaging import Recipe, recipe_line, save_averaged
from vlprompt.averaging.curve import Point, metric_names
from vlprompt.averaging.ends import Ends
from vlprompt.tables import Table
from vlprompt.visualization.weight_curve import draw_weight_curve
from vlprompt.whole_files import whole_file

SHOWN = 3  # metrics in the table


def write_mix(
    out: Path, ends: Ends, weight: float, chosen: dict[str, Any] | None = None
) -> Recipe:
    """Write a mix, and say what is in it.

    Args:
        out: The file.
        ends: What is mixed.
        weight: Of pretrained CLIP.
        chosen: How it was chosen, if it was.
    """
    recipe = ends.recipe(weight, chosen)
    save_averaged(out, ends.mixed(weight), recipe, ends.meta)
    print(f'{out}: {out.stat().st_size / 1e6:.1f} MB')
    print(f'  {recipe_line(recipe.to_meta())}')
    if weight or chosen:
        print(f'  {ends.counts()}')
    if weight and not ends.clip:
        print(
            '  the model learns no weight of CLIP: the mix is the same at '
            'every W'
        )
    return recipe


def table_of(points: Sequence[Point], metric: str, best: Point) -> Table:
    """The points of a curve, by weight.

    Args:
        points: Of the curve.
        metric: What the weight was chosen by, which comes first.
        best: The chosen point.
    """
    others = [n for n in metric_names(best.metrics) if n != metric]
    names = [metric, *others][:SHOWN]
    rows = [
        [
            f'{point.weight:g}',
            *(f'{point.metrics[name]:.4f}' for name in names),
            'best' if point == best else '',
        ]
        for point in sorted(points, key=lambda point: point.weight)
    ]
    note = 'W: weight of the pretrained CLIP; 0 is fine-tuned.'
    return Table(['W', *names, ''], rows, note=note)


def draw_curve(
    path: Path, points: Sequence[Point], best: Point, chosen: dict[str, Any]
) -> None:
    """Draw the curve, and say where.

    Args:
        path: The picture.
        points: Of the curve.
        best: The chosen point.
        chosen: The metric and the list, as a recipe has them.
    """
    metric = chosen['metric']
    with whole_file(path) as part:
        draw_weight_curve(
            [point.weight for point in points],
            [point.metrics[metric] for point in points],
            points.index(best),
            metric,
            chosen['list'],
            part,
        )
    print(f'{path}: the curve')
