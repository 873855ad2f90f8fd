"""Numbers that the papers print."""

import csv
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name('published_numbers.csv')


class PublishedNumber(NamedTuple):
    """One number, with the table it stands in (``'ViFi T4'``)."""

    protocol: str
    dataset: str
    setting: str
    method: str
    metric: str
    value: float
    std: float | None
    source: str


def read_published(protocol: str) -> list[PublishedNumber]:
    """The numbers of a protocol, ``'zero_shot'`` for example."""
    with FILE.open(newline='', encoding='utf-8') as file:
        return [
            PublishedNumber(
                **{
                    **row,
                    'value': float(row['value']),
                    'std': float(row['std']) if row['std'] else None,
                }
            )
            for row in csv.DictReader(file)
            if row['protocol'] == protocol
        ]


def published_rows(
    numbers: list[PublishedNumber], columns: list[tuple[str, str, str]]
) -> list[list[str]]:
    """Rows of a table: method and source, then the columns it has.

    Args:
        numbers: Of a protocol.
        columns: Data set, beginning of the setting, and metric of each.
    """
    rows: dict[tuple[str, str], list[str]] = {}
    for number in numbers:
        for i, (dataset, setting, metric) in enumerate(columns):
            if (
                number.dataset == dataset
                and number.setting.startswith(setting)
                and number.metric == metric
            ):
                row = rows.setdefault(
                    (number.method, number.source), ['-'] * len(columns)
                )
                row[i] = _text(number)
    return [
        [f'{method} (published, {source})', *cells]
        for (method, source), cells in rows.items()
    ]


def _text(number: PublishedNumber) -> str:
    if number.std is None:
        return f'{number.value:g}'
    return f'{number.value:.1f} ± {number.std:.1f}'
