"""What was measured, how it is kept, and how it is shown."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.tables import Table


class Record(NamedTuple):
    """One comparison.

    Attributes:
        what: What was measured.
        unit: Of both numbers; with ``'s'`` in it they are of this machine at
            this hour, and only their ratio is quoted.
        plain: The plain side.
        ours: This library.
        ratio: How many times better ours is, or a share.
    """

    what: str
    unit: str
    plain: float | None
    ours: float
    ratio: float | None


class Job(NamedTuple):
    """A part of a section that is measured at once.

    Attributes:
        name: Shown while it runs.
        run: Measures it.
    """

    name: str
    run: Callable[[], Sequence[Record]]


class Section(NamedTuple):
    """A table.

    Attributes:
        title: Its headline.
        about: What is compared, in a paragraph.
        sides: What the two numbers and the ratio are called.
    """

    title: str
    about: str
    sides: tuple[str, str, str] = ('plain', 'vlprompt', 'ratio')


def less(what: str, unit: str, plain: float, ours: float) -> Record:
    """A comparison of costs: the ratio is that of plain to ours."""
    return Record(what, unit, plain, ours, plain / ours if ours else None)


def is_timed(record: Record) -> bool:
    """Whether its numbers depend on how busy the machine is."""
    return record.unit in ('s', 'ms', 'views/s', 'clips/s', 'workers')


def table(section: Section, records: Sequence[Record], absolute: bool) -> str:
    """The records as Markdown.

    Args:
        section: Names of the columns.
        records: The rows.
        absolute: Whether seconds are shown, and not their ratios alone.
    """
    head = ('', *section.sides[:2], 'unit', section.sides[2])
    rows = []
    for record in records:
        shown = absolute or not is_timed(record)
        if not shown and record.ratio is None:
            continue
        numbers = [record.plain, record.ours] if shown else [None, None]
        rows.append(
            [
                record.what,
                *map(_number, numbers),
                record.unit if shown else 'ratio of times',
                '-' if record.ratio is None else f'{record.ratio:.2f}',
            ]
        )
    return Table(head, rows).markdown()


def save(path: Path, results: dict[str, list[Record]], facts: dict) -> None:
    """Write what is there so far, and of what machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = {
        name: [record._asdict() for record in records]
        for name, records in results.items()
    }
    text = json.dumps({**facts, 'sections': sections}, indent=2)
    path.write_text(text + '\n', encoding='utf-8')


def _number(value: float | None) -> str:
    if value is None:
        return '-'
    return f'{value:.4g}' if value < 1000 else f'{value:.0f}'
