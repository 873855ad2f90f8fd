"""What came out of a training on a folder, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.analysis.confusion import (
    confused_pairs,
    count_confusions,
)
from vlprompt.analysis.predictions import read_predictions
from vlprompt.class_accuracies import class_accuracies
from vlprompt.report.statistics import wilson

SHOWN = 3


class Outcome(NamedTuple):
    """What ``vlprompt train FOLDER`` found.

    Attributes:
        folder: Of all results; the model is found by it.
        before: Top-1 of vanilla CLIP on the videos that were held out, 0 to 1.
        after: Top-1 of the trained model on them.
        interval: That has the true accuracy in 95 % of cases.
        scored: How many videos they are of.
        config: The file, for ``vlprompt train`` and ``vlprompt test``.
        checkpoint: What was learned.
        lines: What the command prints at its end.
    """

    folder: Path
    before: float
    after: float
    interval: tuple[float, float]
    scored: int
    config: Path
    checkpoint: Path
    lines: tuple[str, ...]


def baseline_lines(dump: Path, classes: Sequence[str]) -> list[str]:
    """Classes that vanilla CLIP never recognises, perhaps by their names."""
    matrix = count_confusions(read_predictions(dump))
    never = [
        classes[label]
        for label, share in enumerate(class_accuracies(matrix))
        if share == 0
    ]
    if not never or len(never) == len(classes):
        return []
    named = ', '.join(map(repr, never[:SHOWN]))
    return [
        f'vanilla CLIP never recognises {len(never)} of {len(classes)} '
        f'classes, such as {named}: if other words fit one better, put a line '
        '"folder,words" into classes.csv in the folder'
    ]


def confusion_lines(dump: Path, classes: Sequence[str]) -> list[str]:
    """What is taken for what, most often first."""
    matrix = count_confusions(read_predictions(dump))
    return [
        f'  {classes[pair.true]!r} is taken for {classes[pair.predicted]!r}: '
        f'{pair.count} of {matrix[pair.true].sum()}'
        for pair in confused_pairs(matrix)[:SHOWN]
    ]


def percent(share: float) -> str:
    """0.614 to ``61.4``."""
    return f'{100 * share:.1f}'


def after_line(share: float, total: int) -> str:
    """The accuracy with its interval."""
    low, high = wilson(share, total)
    return (
        f'after:  {percent(share)} top-1 ({round(share * total)} of {total}, '
        f'95 % interval {percent(low)} to {percent(high)})'
    )
