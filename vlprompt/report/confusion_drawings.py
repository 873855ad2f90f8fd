"""Drawings of which classes a model takes for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from vlprompt.pages import Bar, Cell, bar_chart, matrix_chart
from vlprompt.records.predictions import ClassPredictions

NAMED = 60  # classes of a matrix with names
IN_PART = 25  # classes of the named part of a larger one


def most_confused(counts: np.ndarray) -> Sequence[int]:
    """All classes, or of many those with the most mistakes."""
    if len(counts) <= NAMED:
        return range(len(counts))
    wrong = counts - np.diag(counts.diagonal())
    order = np.argsort(-(wrong.max(axis=0) + wrong.max(axis=1)), kind='stable')
    # The classes that these are confused with belong beside them.
    chosen: dict[int, None] = {}
    for i in order:
        j = int((wrong[i] + wrong[:, i]).argmax())
        chosen |= {int(i): None, j: None}
        if len(chosen) >= IN_PART:
            break
    return [*chosen][:IN_PART]


def draw_matrix(
    counts: np.ndarray,
    names: Sequence[str],
    linked: dict[tuple[int, int], str],
    shown: Sequence[int],
    what: str,
) -> Markup:
    """Draw how many videos of each class are taken for each.

    Args:
        counts: (C, C), true classes in the rows.
        names: Of all classes.
        linked: Where a click on a pair leads.
        shown: The classes that are drawn, in this order.
        what: They are, in words; their number if empty.
    """
    total = np.maximum(counts.sum(axis=1), 1)
    cells = []
    for row, i in enumerate(shown):
        for column, j in enumerate(shown):
            if not (count := counts[i, j]):
                continue
            share = count / total[i]
            cells.append(
                Cell(
                    row, column, share, str(count),
                    f'{names[i]} → {names[j]}: {count} of {total[i]}',
                    linked.get((i, j), ''), 'good' if i == j else 'bad',
                )
            )  # fmt: skip
    chosen = [names[i] for i in shown]
    side = 22 if len(shown) <= IN_PART else 16 if len(shown) <= NAMED else 0
    title = f'Confusion matrix, {what or f"{len(shown)} classes"}'
    return matrix_chart(
        cells, chosen, chosen, title, side or max(1.2, 1000 / len(shown))
    )


def draw_pairs(
    kept: ClassPredictions,
    pairs: Sequence[tuple[int, int]],
    confused: dict[tuple[int, int], list[int]],
    linked: dict[tuple[int, int], str],
    counts: np.ndarray,
) -> Markup:
    """Draw a bar for each of some confused pairs.

    Args:
        kept: The predictions.
        pairs: True and predicted classes.
        confused: The videos of each pair.
        linked: Where a click on a pair leads.
        counts: (C, C), true classes in the rows.
    """
    total = counts.sum(axis=1)
    bars = [
        Bar(
            f'{kept.classes[i]} → {kept.classes[j]}',
            len(confused[i, j]),
            f'{len(confused[i, j])} of {total[i]}',
            linked[i, j],
            'bad',
        )
        for i, j in pairs
    ]
    return bar_chart(bars, 'The most confused pairs of classes')
