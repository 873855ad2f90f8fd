"""Where two bundles differ, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from vlprompt.errors import UserError
from vlprompt.tables import Table

from .bundle import read_bundle
from .tables import ACCURACIES

# Of the facts of a job, those that say why its numbers are what they are.
FACTS = {
    'decoder': 'decoder',
    'device': 'card',
    'views': 'views',
    'frames': 'frames',
    'size': 'size of frames',
    'template': 'texts',
    'seed': 'seed',
    'epochs': 'epochs',
    'batch_size': 'batch in each process',
    'processes': 'processes',
    'videos': 'videos',
    'classes': 'classes',
}
MISSING = 'nothing'
# Values of configs that change from run to run and no number.
IGNORED = ('work_dir', 'load_from', 'filename', 'launcher')


class Reason(NamedTuple):
    """Something in which jobs of two bundles differ.

    Attributes:
        what: Such as ``'decoder'``.
        first: In the first bundle.
        second: In the second.
        jobs: The jobs in which it does.
    """

    what: str
    first: str
    second: str
    jobs: list[str]


def compare(first: str | Path, second: str | Path) -> list[Table]:
    """Numbers side by side, and all in which the runs differ.

    Args:
        first: A bundle, or the folder of one.
        second: Another one, of the same table.

    Raises:
        UserError: If one of them is no bundle, or they are of two tables.
    """
    one, two = read_bundle(first), read_bundle(second)
    names = [f'{b["paper"]} {b["table"]}' for b in (one, two)]
    if names[0] != names[1]:
        raise UserError(
            f'{first} is of {names[0]}, {second} of {names[1]}: expected two '
            'bundles of the same table'
        )
    reasons = [
        [r.what, r.first, r.second, _where(r.jobs)]
        for r in reasons_of(one, two)
    ]
    note = '' if reasons else 'They differ in nothing that is recorded.'
    return [
        _numbers(one, two, names[0]),
        Table(['What differs', 'A', 'B', 'In'], reasons, note=note),
    ]


def reasons_of(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[Reason]:
    """All in which two bundles differ, equal differences joined."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for job, what, a, b in _differences(one, two):
        found.setdefault((what, _text(a), _text(b)), []).append(job)
    return [Reason(*key, jobs) for key, jobs in found.items()]


def _numbers(
    one: Mapping[str, Any], two: Mapping[str, Any], title: str
) -> Table:
    keys = ('method', 'dataset', 'setting', 'metric')
    sides = [
        {tuple(n[key] for key in keys): n for n in bundle['numbers']}
        for bundle in (one, two)
    ]
    rows = []
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        values = [side.get(key, {}).get('measured') for side in sides]
        known = [side[key] for side in sides if key in side]
        printed = known[0]['published']
        both = None not in values
        rows.append(
            [
                *key[:2],
                key[2] or '-',
                ACCURACIES[key[3]],
                *(f'{v:.1f}' if v is not None else '-' for v in values),
                f'{values[1] - values[0]:+.1f}' if both else '-',
                f'{printed:g}' if printed is not None else '-',
            ]
        )
    head = ['Method', 'Data set', 'Setting', 'Metric', 'A', 'B', 'B - A']
    return Table([*head, 'Published'], rows, title=title)


def _differences(
    one: Mapping[str, Any], two: Mapping[str, Any]
) -> Iterator[tuple[str, str, Any, Any]]:
    """Job, what, and both values, of everything that is not the same."""
    settings = ('all', one['settings'], two['settings'])
    yield from _of(*settings, dict(label_order='order of HMDB-51'))
    for name in dict.fromkeys([*one['runs'], *two['runs']]):
        runs = [bundle['runs'].get(name) for bundle in (one, two)]
        if None in runs:
            yield (name, 'row', *(_there(run) for run in runs))
            continue
        yield from _of(name, *(r['conditions'] for r in runs), CONDITIONS)
        jobs = [run['jobs'] for run in runs]
        for job in dict.fromkeys([*jobs[0], *jobs[1]]):
            pair = [side.get(job) for side in jobs]
            where = f'{name}/{job}'
            if None in pair:
                yield (where, 'job', *(_there(side) for side in pair))
            else:
                yield from _of_job(where, *pair)


CONDITIONS = {
    'start': 'start',
    'averaging': 'averaging',
    'llm_text': 'LLM text',
    'views': 'views',
    'epoch': 'choice of the epoch',
}


def _of_job(
    where: str, one: Mapping[str, Any], two: Mapping[str, Any]
) -> Iterator[tuple[str, str, Any, Any]]:
    yield from _of(where, one['facts'], two['facts'], FACTS)
    versions = [side['facts'].get('versions') or {} for side in (one, two)]
    yield from _all_of(where, *versions, 'version of ')
    hashes = [
        {path: digest[:12] for path, digest in side['lists'].items()}
        for side in (one, two)
    ]
    yield from _all_of(where, *hashes, 'content of ')
    configs = [dict(_flat(side['config'])) for side in (one, two)]
    yield from _all_of(where, *configs, 'config: ')


def _of(
    where: str,
    one: Mapping[str, Any],
    two: Mapping[str, Any],
    keys: Mapping[str, str],
) -> Iterator[tuple[str, str, Any, Any]]:
    for key, name in keys.items():
        if one.get(key) != two.get(key):
            yield where, name, one.get(key), two.get(key)


def _all_of(
    where: str, one: Mapping[str, Any], two: Mapping[str, Any], before: str
) -> Iterator[tuple[str, str, Any, Any]]:
    for key in dict.fromkeys([*one, *two]):
        if one.get(key, MISSING) != two.get(key, MISSING):
            pair = (one.get(key, MISSING), two.get(key, MISSING))
            yield (where, f'{before}{key}', *pair)


def _flat(value: Any, key: str = '') -> Iterator[tuple[str, Any]]:
    """A config by dotted keys."""
    if isinstance(value, dict) and value:
        items = value.items()
    elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
        items = enumerate(value)
    else:
        if key not in IGNORED:
            yield key, value
        return
    for name, item in items:
        yield from _flat(item, f'{key}.{name}' if key else str(name))


def _there(side: Any) -> str:
    return MISSING if side is None else 'there'


def _text(value: Any) -> str:
    return MISSING if value is None else str(value)


def _where(jobs: list[str]) -> str:
    more = f' and {len(jobs) - 1} more' if len(jobs) > 1 else ''
    return f'{jobs[0]}{more}'
