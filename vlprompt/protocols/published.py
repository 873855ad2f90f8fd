"""Numbers that the papers print."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vlprompt.tables import Table

from .conditions import HEAD, Conditions

FILE = Path(__file__).with_name('published_numbers.csv')


class PublishedNumber(NamedTuple):
    """One number that a paper prints.

    Attributes:
        protocol: Such as ``'few_shot'``.
        dataset: Such as ``'hmdb51'``.
        setting: Shots, frames and views: ``'K=16 32f 1x1'``.
        method: As the table calls it.
        metric: Such as ``'top1'``.
        value: In percent, unless the metric is no accuracy.
        std: The standard deviation, if it is printed.
        source: Where it is printed: ``'ViFi T4'`` is ViFi-CLIP, Table 4.
        configs: Which of our configs are of this method and protocol, such
            as ``'vilt/vilt_b16_few_shot'``.
        mark: Who says so: ``'paper'`` is the paper of the method, ``'R'`` the
            README or a log of its code, ``'X'`` somebody else.
        conditions: What it depends on beside the method.
    """

    protocol: str
    dataset: str
    setting: str
    method: str
    metric: str
    value: float
    std: float | None
    source: str
    configs: tuple[str, ...] = ()
    mark: str = ''
    conditions: Conditions = Conditions(*[''] * len(HEAD))


def read_published(protocol: str) -> list[PublishedNumber]:
    """The numbers of a protocol.

    Example:
        >>> numbers = read_published('zero_shot')
        >>> [n.value for n in numbers if n.method == 'ViFi-CLIP'][:3]
        [51.3, 76.8, 71.2]
    """
    return [number for number in read_all() if number.protocol == protocol]


def published_for(config: str) -> list[PublishedNumber]:
    """The numbers of a config, in the order of the file.

    Args:
        config: Folder and stem: ``'vilt/vilt_b16_few_shot'``.
    """
    return [number for number in read_all() if config in number.configs]


@cache
def read_all() -> tuple[PublishedNumber, ...]:
    """All numbers, in the order of the file."""
    with FILE.open(newline='', encoding='utf-8') as file:
        return tuple(_number(**row) for row in csv.DictReader(file))


def _number(
    value: str, std: str, configs: str, **texts: str
) -> PublishedNumber:
    conditions = [texts.pop(name) for name in Conditions._fields]
    return PublishedNumber(
        **texts,
        conditions=Conditions(*conditions),
        value=float(value),
        std=float(std) if std else None,
        configs=tuple(configs.split()),
    )


def with_published(
    table: Table,
    conditions: Sequence[Conditions],
    protocol: str,
    columns: list[tuple[str, str, str]],
) -> Table:
    """A table with what it depends on, and the rows that are published.

    Args:
        table: What was measured; its first column is the method.
        conditions: Of each of its rows.
        protocol: Whose published numbers are added.
        columns: Data set, beginning of the setting, and metric of each of
            the other columns.
    """
    published = published_rows(read_published(protocol), columns)
    pairs = zip(table.rows, conditions, strict=True)
    rows = [[*row, *given] for row, given in pairs]
    return table._replace(head=[*table.head, *HEAD], rows=[*rows, *published])


def published_rows(
    numbers: list[PublishedNumber], columns: list[tuple[str, str, str]]
) -> list[list[str]]:
    """Rows of a table: method and source, its columns, the conditions.

    Args:
        numbers: Of a protocol.
        columns: Data set, beginning of the setting, and metric of each.
    """
    rows: dict[tuple, list[str]] = {}
    for number in numbers:
        for i, (dataset, setting, metric) in enumerate(columns):
            if (
                number.dataset == dataset
                and number.setting.startswith(setting)
                and number.metric == metric
            ):
                key = (number.method, number.source, number.conditions)
                row = rows.setdefault(key, ['-'] * len(columns))
                row[i] = _text(number)
    return [
        [f'{method} (published, {source})', *cells, *conditions]
        for (method, source, conditions), cells in rows.items()
    ]


def _text(number: PublishedNumber) -> str:
    if number.std is None:
        return f'{number.value:g}'
    return f'{number.value:.1f} ± {number.std:.1f}'
