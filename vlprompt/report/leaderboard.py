"""Runs side by side in one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .run_folder import MAIN, Run, TestRecord


class Column(NamedTuple):
    """What is compared: a test, of a list, by a metric."""

    name: str
    of: str
    metric: str


class Row(NamedTuple):
    """A run, and its number in each column."""

    run: Run
    anchor: str
    values: list[float | None]
    best: list[bool]


class Leaderboard(NamedTuple):
    """The table; rows are by the mean over the columns."""

    columns: list[Column]
    rows: list[Row]
    mixed: bool


def make_leaderboard(
    runs: Sequence[Run], anchors: Sequence[str]
) -> Leaderboard:
    """Put the main numbers of all tests of runs into a table.

    Tests of the same name and list share a column.

    Args:
        runs: The runs.
        anchors: Where each is on the page.
    """
    cells = [dict(_cells(run)) for run in runs]
    columns = [*dict.fromkeys(column for row in cells for column in row)]
    best = {
        column: max(row[column] for row in cells if column in row)
        for column in columns
    }
    rows = [
        Row(
            run,
            anchor,
            [row.get(column) for column in columns],
            [row.get(column) == best[column] for column in columns],
        )
        for run, anchor, row in zip(runs, anchors, cells, strict=True)
    ]
    rows.sort(key=lambda row: -_mean(row.values))
    shared = [sum(column in row for row in cells) for column in columns]
    mixed = any(count < len(runs) for count in shared)
    return Leaderboard(columns, rows, mixed)


def _cells(run: Run) -> list[tuple[Column, float]]:
    found = []
    for test in run.tests:
        for metric, title in MAIN.items():
            value = test.metric(metric)
            if value is not None:
                # accuracies are shares, recalls are percent already
                value = 100 * value if metric.startswith('acc') else value
                column = Column(test.title or 'test', _list_of(test), title)
                found.append((column, value))
    return found


def _list_of(test: TestRecord) -> str:
    """The list and the beginning of its hash."""
    facts = test.facts.get('list') or {}
    if not facts.get('sha256'):
        return 'list not recorded'
    return f'{test.list_name} ({facts["sha256"][:6]})'


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
