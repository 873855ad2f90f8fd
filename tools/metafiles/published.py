"""Published numbers in words and in the fields of a metafile."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from vlprompt.datasets.catalog import CAPTION_SETS, DATA_SETS
from vlprompt.protocols.conditions import HEAD, Conditions
from vlprompt.protocols.published import PublishedNumber

TITLES = {
    data.published: data.title
    for data in (*DATA_SETS.values(), *CAPTION_SETS.values())
}
# What a header calls a metric; others are left to the metafiles.
SHORT = {
    'top1': 'top-1',
    'top5': 'top-5',
    'base': 'base',
    'novel': 'novel',
    'hm': 'HM',
    't2v_R1': 'R@1',
    't2v_R5': 'R@5',
    't2v_MnR': 'mean rank',
}
LONG = {
    'top1': 'Top 1 Accuracy',
    'top5': 'Top 5 Accuracy',
    'base': 'Base Top 1 Accuracy',
    'novel': 'Novel Top 1 Accuracy',
    'hm': 'Harmonic Mean',
    't2v_R1': 'Text to Video R@1',
    't2v_R5': 'Text to Video R@5',
    't2v_MnR': 'Text to Video Mean Rank',
    'gflops_per_view': 'GFLOPs per View',
    'views_per_sec': 'Views per Second',
    'views_per_sec_A100': 'Views per Second (A100)',
}


def sentence(numbers: Iterable[PublishedNumber]) -> str:
    """All accuracies and ranks of a config, each table with its source.

    ``HMDB-51 57.2 / 62.7, SSv2 6.2 / 7.4 top-1 with 2 / 4 shots (ViFi T3)``.
    """
    shown = [number for number in numbers if number.metric in SHORT]
    tables = groupby(shown, key=lambda n: (n.protocol, n.source))
    return '; '.join(
        f'{_table(list(rows))} ({source})' for (_, source), rows in tables
    )


def fields(numbers: Iterable[PublishedNumber]) -> list[dict[str, Any]]:
    """One entry for each data set and setting, as a metafile has them."""
    entries = groupby(
        numbers,
        key=lambda n: (
            n.dataset,
            n.protocol,
            n.setting,
            n.source,
            n.conditions,
        ),
    )
    return [_entry(*key, rows) for key, rows in entries]


def _entry(
    dataset: str,
    protocol: str,
    setting: str,
    source: str,
    conditions: Conditions,
    rows: Iterable[PublishedNumber],
) -> dict[str, Any]:
    return {
        'Dataset': TITLES[dataset],
        'Protocol': protocol,
        **({'Setting': setting.strip()} if setting else {}),
        'Metrics': {LONG[row.metric]: row.value for row in rows},
        'Source': source,
        **dict(zip(HEAD, conditions, strict=True)),
    }


def conditions_in_words(numbers: Iterable[PublishedNumber]) -> str:
    """What the accuracies of a config depend on, each once.

    ``CLIP / SWA / yes / 3x1 / last``, in the order of ``HEAD``.
    """
    found = {n.conditions: None for n in numbers if n.metric in SHORT}
    return '; '.join(' / '.join(conditions) for conditions in found) or '-'


def _table(rows: list[PublishedNumber]) -> str:
    """The rows of one table: data sets, their numbers, what they depend on."""
    sets = {row.dataset: None for row in rows}
    parts = {
        name: dict(_metrics([row for row in rows if row.dataset == name]))
        for name in sets
    }
    metrics = {metric for part in parts.values() for metric in part}
    if len(metrics) == 1:  # which is then said once
        (metric,) = metrics
        cells = [f'{TITLES[d]} {part[metric]}' for d, part in parts.items()]
        text = f'{", ".join(cells)} {SHORT[metric]}'
    else:
        text = '; '.join(
            f'{TITLES[d]} '
            + ', '.join(f'{value} {SHORT[m]}' for m, value in part.items())
            for d, part in parts.items()
        )
    return text + _setting(rows, ' / ' in text)


def _metrics(rows: list[PublishedNumber]) -> Iterator[tuple[str, str]]:
    """Each metric with its values in the settings, once if they are equal."""
    for metric in {row.metric: None for row in rows}:
        values = [_value(row) for row in rows if row.metric == metric]
        same = len(set(values)) == 1
        yield metric, values[0] if same else ' / '.join(values)


def _value(row: PublishedNumber) -> str:
    digits = 1 if round(row.value, 1) == row.value else 2
    spread = '' if row.std is None else f' +- {row.std:.1f}'
    return f'{row.value:.{digits}f}{spread}'


def _setting(rows: list[PublishedNumber], several: bool) -> str:
    """Shots; frames and views where these are what the rows differ in."""
    settings = [*{row.setting: None for row in rows}]
    shots = [re.match(r'K=(\d+)', setting) for setting in settings]
    if all(shots):
        named = several or len(shots) == 1
        return f' with {" / ".join(s[1] for s in shots)} shots' * named
    if rows[0].protocol == 'fully_supervised':
        found = re.match(r'(\d+)f(?: (\d+)x(\d+))?', settings[0])
        views = f', {found[2]} x {found[3]} views' if found[2] else ''
        return f' with {found[1]} frames{views}'
    return ''
