"""Published numbers of tests on all classes, whose views are a column."""

import re
from collections.abc import Sequence

from vlprompt.tables import Table

from .conditions import HEAD, Conditions
from .published import read_published

METRICS = ('top1', 'top5', 'gflops_per_view', 'views_per_sec')


def with_published_views(
    table: Table, conditions: Conditions, dataset: str
) -> Table:
    """A table with what it depends on but the views, and published rows.

    Args:
        table: Method, frames, views, and the columns of ``METRICS``.
        conditions: Of all its rows.
        dataset: Whose rows are added, ``'k400'``.
    """
    here = _but_views(conditions)
    return table._replace(
        head=[*table.head, *_but_views(HEAD)],
        rows=[*([*row, *here] for row in table.rows), *_published(dataset)],
    )


def _published(dataset: str) -> list[list[str]]:
    rows: dict[tuple, list[str]] = {}
    for number in read_published('fully_supervised'):
        if number.dataset != dataset:
            continue
        name = f'{number.method} (published, {number.source})'
        found = re.match(r'\d+(?=f)', number.setting)
        key = (name, found[0] if found else '-', number.conditions)
        row = rows.setdefault(key, ['-'] * len(METRICS))
        metric = number.metric.removesuffix('_A100')
        row[METRICS.index(metric)] = f'{number.value:g}'
    return [
        [name, frames, conditions.views, *row, *_but_views(conditions)]
        for (name, frames, conditions), row in rows.items()
    ]


def _but_views(values: Sequence[str]) -> list[str]:
    at = Conditions._fields.index('views')
    return [*values[:at], *values[at + 1 :]]
