"""What a training has logged, from MMEngine's ``scalars.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SHOWN = {  # by the key that is logged
    'loss': 'training loss',
    'lr': 'learning rate',
    'acc/top1': 'validation top-1',
    't2v/R1': 'validation R@1, text to video',
}
MOST_POINTS = 240  # of a line


class Curve(NamedTuple):
    """One number over the epochs."""

    epochs: Sequence[float]
    values: Sequence[float]


class Curves(NamedTuple):
    """What is known of the course of a training.

    Attributes:
        lines: By the keys of ``SHOWN``.
        seconds: Of all iterations; None if it was not logged.
        memory_mb: The most that tensors took on a GPU, if there was one.
    """

    lines: Mapping[str, Curve] = {}
    seconds: float | None = None
    memory_mb: float | None = None


def read_curves(folder: Path) -> Curves | None:
    """The logs of a training, which may have been resumed.

    Args:
        folder: The work folder, with a folder of logs for each start.

    Returns:
        None if nothing was trained.
    """
    steps: list[dict[str, Any]] = []
    checks: list[dict[str, Any]] = []
    for log in sorted(folder.glob('*/vis_data/scalars.json')):
        lines = [*_lines(log)]
        trained = [x for x in lines if 'loss' in x and 'iter' in x]
        if not trained:
            continue
        first = trained[0]
        # What is trained again replaces what a run before has logged.
        steps = [x for x in steps if x['iter'] < first['iter']] + trained
        checks = [x for x in checks if x['step'] < first.get('epoch', 0)]
        checks += [x for x in lines if 'loss' not in x and 'step' in x]
    if not steps:
        return None
    per_epoch = _iterations_of_an_epoch(steps)
    found = {}
    for key in SHOWN:
        points = [(x['iter'] / per_epoch, x[key]) for x in steps if key in x]
        points += [(x['step'], x[key]) for x in checks if key in x]
        points = [(x, y) for x, y in points if _is_number(y)]
        if points:
            found[key] = Curve(*zip(*_thin(points), strict=True))
    memory = [x['memory'] for x in steps if 'memory' in x]
    return Curves(found, _seconds(steps), max(memory, default=None))


def _lines(log: Path) -> Any:
    for line in log.read_text(errors='replace').splitlines():
        try:
            content = json.loads(line)
        except ValueError:  # of a run that was killed
            continue
        if isinstance(content, dict):
            yield content


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < float('inf')


def _iterations_of_an_epoch(steps: Sequence[Mapping[str, Any]]) -> float:
    """1 of a training without epochs."""
    ends = {x['epoch']: x['iter'] for x in steps if x.get('epoch')}
    return max(ends.values()) / max(ends) if ends else 1


def _seconds(steps: Sequence[Mapping[str, Any]]) -> float | None:
    """Each line has the mean time of the iterations since the one before."""
    if any('time' not in x for x in steps):
        return None
    before = [0, *(x['iter'] for x in steps[:-1])]
    return sum(
        x['time'] * (x['iter'] - last)
        for x, last in zip(steps, before, strict=True)
    )


def _thin(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most some points, the last among them."""
    step = -(-len(points) // MOST_POINTS)
    return points[::-1][::step][::-1]
