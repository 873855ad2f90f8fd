"""What runs have left in their folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vlprompt.errors import UserError
from vlprompt.records.files import PREDICTIONS, TEST, TRAINING, read_json
from vlprompt.records.predictions import Kept, read_predictions
from vlprompt.tables import Table

from .curves import Curves, read_curves

METRICS = 'metrics.json'
SUMMARIES = ('results.json', 'report.json')  # of protocols and the demo
STARTED = re.compile(r'\d{8}_\d{6}')  # MMEngine's folders of logs
MAIN = {'acc/top1': 'top-1', 't2v/R1': 'R@1, text to video'}


@dataclass(frozen=True)
class TestRecord:
    """A test.

    Attributes:
        name: Its folder below that of the run; nothing for the run's own.
        folder: Where its files are.
        metrics: Numbers by name.
        facts: What it is of; empty if that was not recorded.
        kept: The predictions, if there are any.
        why_not: Why there are none.
        title: What it is called on the page; its name if empty.
    """

    name: str
    folder: Path
    metrics: Mapping[str, float]
    facts: Mapping[str, Any]
    kept: Kept | None
    why_not: str = ''
    title: str = ''

    __test__ = False  # pytest, which collects classes of this name

    def metric(self, name: str) -> float | None:
        """A metric by the end of its name, ``'top1'``; None if missing."""
        for key, value in self.metrics.items():
            if key == name or key.endswith(f'/{name}'):
                return float(value)
        return None

    @property
    def list_name(self) -> str:
        """The file name of the list that was tested, if it is known."""
        return Path((self.facts.get('list') or {}).get('path', '')).name


@dataclass(frozen=True)
class TrainingRecord:
    """A training.

    Attributes:
        name: Its folder below that of the run; nothing for the run's own.
        folder: Where its files are.
        facts: What it is of; empty if that was not recorded.
        curves: What was logged.
    """

    name: str
    folder: Path
    facts: Mapping[str, Any]
    curves: Curves


@dataclass(frozen=True)
class Run:
    """A folder of results.

    Attributes:
        path: The folder.
        name: What it is called on the page.
        protocol: What made it; nothing for a single training or test.
        tables: What the protocol printed.
        notes: Lines below them.
        tests: All tests, in the order of the protocol or by name.
        trainings: All trainings.
    """

    path: Path
    name: str
    protocol: str = ''
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    tests: Sequence[TestRecord] = field(default_factory=list)
    trainings: Sequence[TrainingRecord] = field(default_factory=list)


def read_run(path: str | Path) -> Run:
    """Read the folder of a training, a test or a protocol.

    Raises:
        UserError: If there is no such folder, nothing of a run in it, or a
            damaged file.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise UserError(
            f'no folder at {path}: expected one that `vlprompt train`, '
            '`test` or `eval` has written'
        )
    tests, trainings = [], []
    for place in _folders(folder):
        name = '' if place == folder else place.relative_to(folder).as_posix()
        if test := _read_test(name, place):
            tests.append(test)
        curves = read_curves(place)
        facts = read_json(place / TRAINING)
        if curves is not None or facts:
            curves = curves or Curves()
            trainings.append(TrainingRecord(name, place, facts or {}, curves))
    summary = _read_summary(folder)
    if not (tests or trainings or summary):
        raise UserError(
            f'{path} has no results: expected {METRICS}, {PREDICTIONS} or a '
            "training's logs in it or below"
        )
    titles = summary.get('tests', {})
    order = [*titles, *(test.name for test in tests)]
    tests.sort(key=lambda test: order.index(test.name))
    tests = [
        replace(test, title=titles.get(test.name, test.name)) for test in tests
    ]
    return Run(
        folder,
        folder.resolve().name,
        summary.get('protocol', ''),
        [Table(**table) for table in summary.get('tables', ())],
        summary.get('notes', ()),
        tests,
        trainings,
    )


def _folders(top: Path) -> Iterator[Path]:
    """The folder and all below it, by name, without those of logs."""
    for place, names, _ in os.walk(top):
        names[:] = sorted(
            name
            for name in names
            if not STARTED.fullmatch(name) and not name.startswith('.')
        )
        yield Path(place)


def _read_test(name: str, folder: Path) -> TestRecord | None:
    from .dumps import read_dumped

    metrics, facts = read_json(folder / METRICS), read_json(folder / TEST)
    kept, why_not = read_predictions(folder), ''
    if kept is None:
        kept, why_not = read_dumped(folder)
    if metrics is None and facts is None and kept is None:
        return None
    metrics = metrics or {}
    facts = dict(facts or {})
    if decoder := metrics.get('decoder'):
        facts.setdefault('decoder', decoder)
    numbers = {
        key: value
        for key, value in metrics.items()
        if isinstance(value, int | float)
    }
    return TestRecord(name, folder, numbers, facts, kept, why_not)


def _read_summary(folder: Path) -> dict[str, Any]:
    """What a protocol has written; nothing if there is none."""
    for name in SUMMARIES:
        content = read_json(folder / name)
        if isinstance(content, dict) and 'tables' in content:
            return content
    return {}
