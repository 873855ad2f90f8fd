"""Drawings of how trainings went."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from vlprompt.pages import Line, line_chart

from .curves import SHOWN
from .run_folder import TrainingRecord

MOST_LINES = 24  # of a chart


def draw_trainings(
    trainings: Sequence[TrainingRecord],
) -> list[tuple[str, Markup, list]]:
    """A chart for each number that was logged, a line for each training."""
    charts = []
    for key, title in SHOWN.items():
        lines = [
            Line(t.name or 'training', *t.curves.lines[key])
            for t in trainings
            if key in t.curves.lines
        ][:MOST_LINES]
        if lines:
            drawing = line_chart(lines, title, 'epoch', '')
            charts.append((title, drawing, [line.name for line in lines]))
    return charts
