"""The table of ``vlprompt toy zoo``."""

from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Any

from vlprompt.tables import Table, harmonic_mean, percent

from .zoo_run import run_name

HEAD = (
    'method',
    'sees order',
    'learnt',
    *('all: base', 'novel', 'HM'),
    *('blind: base', 'novel', 'HM'),
    *('ordered: base', 'novel', 'HM'),
    *('direction: base', 'novel'),
    'seconds',
)
INTRO = """# Every system in the toy world

Made by `{command}`; do not edit.

Every method has the same budget: 12 epochs on the 24 base classes of the
[toy world](toy_world.md), batch 8, 8 frames; learning rates as in the
configs, those of the temporal poolers chosen by the base accuracy of seed 0.
Top-1 in percent, mean of {seeds}, on 192 clips of base and of novel
classes each. *Blind* are the classes whose motion the set of frames tells,
*ordered* those of which two differ in the order of frames alone, half of the
clips each. *Direction* is how often, among the ordered, the true class scores
higher than the same object in the reversed motion: 50 is a guess. *Learnt* is
the number of trainable parameters. Seconds are the processor's for training
on one thread, without reading the videos, median of the seeds. A linear head
says nothing about novel classes.
"""


def make_table(
    metrics: Mapping[str, dict[str, Any]],
    seeds: Sequence[int],
    systems: Mapping[str, tuple[str, bool]],
) -> Table:
    """The results of all seeds as a table.

    Args:
        metrics: By the names of runs.
        seeds: All seeds; what learns nothing has runs of the first alone.
        systems: Configs, and whether methods see the order of frames, by the
            names of the methods.
    """
    rows = []
    for name, (config, ordered) in systems.items():
        names = [run_name(config, seed) for seed in seeds]
        runs = [metrics[run] for run in names if run in metrics]
        cells = [name, 'yes' if ordered else 'no', f'{runs[0]["learnt"]:,}']
        for part in ('all', 'blind', 'ordered'):
            cells += _three([_row(run, part) for run in runs])
        cells += _three([_row(run, 'direction') for run in runs])[:2]
        cells.append(f'{median(run["seconds"] for run in runs):.0f}')
        rows.append(cells)
    return Table(HEAD, rows)


def _row(run: dict, part: str) -> list[float | None]:
    """Base, novel and their harmonic mean."""
    base = run['base'][part]
    if 'novel' not in run:
        return [base, None, None]
    novel = run['novel'][part]
    return [base, novel, harmonic_mean(base, novel)]


def _three(rows: list[list[float | None]]) -> list[str]:
    columns = zip(*rows, strict=True)
    return [
        percent(None if None in column else mean(column)) for column in columns
    ]
