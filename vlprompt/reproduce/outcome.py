"""What came out of the runs of a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vlprompt.protocols.conditions import HEAD, Conditions, conditions_of
from vlprompt.tables import Table

from .differences import DIFFERENCES
from .numbers import Compared, compare_with_published
from .plan import Planned
from .request import Request
from .tables import ACCURACIES, PaperTable

NUMBERS = ('Method', 'Data set', 'Setting', 'Metric', 'Measured', 'Published')


@dataclass(frozen=True)
class Outcome:
    """The rows of a table that were run.

    Attributes:
        table: The table.
        request: How they were run.
        planned: The rows.
        complete: Whether all videos were scored.
    """

    table: PaperTable
    request: Request
    planned: Sequence[Planned]
    complete: bool

    @cached_property
    def numbers(self) -> list[Compared]:
        """All numbers, in the order of the rows."""
        return [
            compared
            for item in self.planned
            for compared in compare_with_published(
                self.table, item, self.metrics_of(item)
            )
        ]

    def metrics_of(self, item: Planned) -> Mapping[str, Mapping[str, float]]:
        """What the jobs of a row gave."""
        text = (item.settings.out / 'results.json').read_text('utf-8')
        return json.loads(text)['metrics']

    def conditions_of(self, item: Planned) -> Conditions:
        """What the numbers of a row depend on beside the method."""
        config = item.jobs[-1].config
        checkpoint: Any = None
        if item.run.trained_by:
            checkpoint = str(item.weights)
        elif not config.model.get('trainable', True):
            checkpoint = 'none'
        found = conditions_of(config, checkpoint)
        if item.run.trained_by:  # here, not by whoever gave the checkpoint
            found = found._replace(
                epoch='last',
                averaging=self._averaging(item, found),
            )
        return found

    def _averaging(self, item: Planned, found: Conditions) -> str:
        """With what the training did beside the mean of its epochs."""
        trained = conditions_of(item.first.config, None).averaging
        return found.averaging if item.run.with_clip else trained

    def tables(self) -> list[Table]:
        """Measured beside published, then what both depend on."""
        rows = [_row(compared) for compared in self.numbers]
        title = (
            f'{self.table.paper} {self.table.name}: {self.table.title} '
            f'({self.table.source})'
        )
        return [
            Table([*NUMBERS, 'Difference'], rows, title, _note(self)),
            Table(['Method', 'Numbers', *HEAD], self._conditions()),
        ]

    def _conditions(self) -> list[list[str]]:
        rows: dict[tuple, None] = {}
        for item in self.planned:
            method = item.run.method
            rows[(method, 'measured', *self.conditions_of(item))] = None
            for number in self.table.published_of(item.run):
                rows[(method, 'published', *number.conditions)] = None
        return [[*row] for row in rows]

    def notes(self) -> list[str]:
        """Why numbers may differ."""
        lines = [DIFFERENCES[key] for key in self.table.differences]
        if self.request.epochs is not None:
            lines.insert(
                0,
                f'--epochs {self.request.epochs}: NOT the settings of the '
                'paper, a trial.',
            )
        if not self.complete:
            lines.insert(0, 'NOT all videos were scored.')
        return lines


def _row(compared: Compared) -> list[str]:
    method, measured, published = compared
    row = [
        method,
        measured.dataset,
        published.setting if published else measured.setting.strip() or '-',
        ACCURACIES[measured.metric],
        f'{measured.value:.1f}',
    ]
    if published is None:
        return [*row, '-', '-']
    difference = measured.value - published.value
    return [*row, f'{published.value:g}', f'{difference:+.1f}']


def _note(outcome: Outcome) -> str:
    order = outcome.request.label_order
    return (
        'Accuracies and R@k in percent, MnR a mean rank; differences in '
        f'points. Order of the class names of HMDB-51: {order}.'
    )
