"""What was measured, in the terms of published numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any, NamedTuple

from vlprompt.datasets.data_facts import CaptionData, ProtocolData
from vlprompt.protocols.published import PublishedNumber
from vlprompt.tables import harmonic_mean

from .plan import Planned
from .tables import PaperTable

PERCENT = 100


class Measured(NamedTuple):
    """A number of a run.

    Attributes:
        dataset: As published numbers call it.
        setting: What the setting of the published number begins with.
        metric: As they call it.
        value: In percent, unless it is a rank.
    """

    dataset: str
    setting: str
    metric: str
    value: float


class Compared(NamedTuple):
    """A number of a run beside the published one.

    Attributes:
        method: The row.
        measured: What came out.
        published: What is printed; None if nothing is.
    """

    method: str
    measured: Measured
    published: PublishedNumber | None


def compare_with_published(
    table: PaperTable, item: Planned, metrics: Mapping[str, Mapping]
) -> list[Compared]:
    """Each number of a run with the one that is printed in the table.

    Args:
        table: The table.
        item: The row that was run.
        metrics: What its jobs gave, by their names.
    """
    published = table.published_of(item.run)
    rows = []
    for measured in _READERS[item.run.eval](item.settings, metrics):
        found = [
            number
            for number in published
            if number.dataset == measured.dataset
            and number.setting.startswith(measured.setting)
            and number.metric == measured.metric
        ]
        number = found[0] if found else None
        if number is None and measured.metric == 'top5':
            continue  # of tables that print the first only
        rows.append(Compared(item.run.method, measured, number))
    return rows


def _zero_shot(settings: Any, metrics: Mapping) -> Iterator[Measured]:
    for name, data in settings.data_sets.items():
        for key in ('top1', 'top5'):
            values = [
                PERCENT * metrics[f'{name}/{split}'][f'acc/{key}']
                for split in data.zero_shot
            ]
            yield Measured(_name(data), '', key, fmean(values))


def _few_shot(settings: Any, metrics: Mapping) -> Iterator[Measured]:
    for name, data in settings.data_sets.items():
        for shots in settings.shots or data.shots:
            value = metrics[f'{name}/{shots}shot/test']['acc/top1']
            yield Measured(_name(data), f'K={shots} ', 'top1', PERCENT * value)


def _base_to_novel(settings: Any, metrics: Mapping) -> Iterator[Measured]:
    for name, data in settings.data_sets.items():
        means = [
            fmean(
                PERCENT * metrics[f'{name}/s{seed}/{part}']['acc/top1']
                for seed in settings.seeds
            )
            for part in ('base', 'novel')
        ]
        values = (*means, harmonic_mean(*means))
        for key, value in zip(('base', 'novel', 'hm'), values, strict=True):
            yield Measured(_name(data), '', key, value)


def _fully_supervised(settings: Any, metrics: Mapping) -> Iterator[Measured]:
    (values,) = (row for row in metrics.values() if row)
    for key in ('top1', 'top5'):
        value = PERCENT * values[f'acc/{key}']
        yield Measured(_name(settings.data_set), '', key, value)


def _retrieval(settings: Any, metrics: Mapping) -> Iterator[Measured]:
    for name, data in settings.data_sets.items():
        for key in ('R1', 'R5', 'MnR'):
            value = metrics[f'{name}/test'][f't2v/{key}']
            yield Measured(_name(data), '', f't2v_{key}', value)


def _name(data: ProtocolData | CaptionData) -> str:
    return data.published or data.root


_READERS = {
    'zero-shot': _zero_shot,
    'few-shot': _few_shot,
    'base-to-novel': _base_to_novel,
    'fully-supervised': _fully_supervised,
    'retrieval': _retrieval,
}
