"""Schedules that take the length that the config gives them now."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

from mmengine.optim import _ParamScheduler
from mmengine.optim.scheduler import ReduceOnPlateauParamScheduler

# How far a schedule is, and what follows from that or the optimizer.
PROGRESS = (
    '_global_step',
    '_last_value',
    'base_values',
    'last_step',
    'verbose',
)


class Position(NamedTuple):
    """How far a run is, counted by the length that an epoch has now.

    Attributes:
        epochs: That are done.
        iters: In each; all of them if the loop counts iterations.
        by_epoch: Whether epochs end, for schedules that count them.
    """

    epochs: int
    iters: int
    by_epoch: bool = True


def saved_state(state: dict[str, Any]) -> dict[str, Any]:
    """What of a schedule's state a checkpoint can hold: no functions."""
    return {k: v for k, v in state.items() if not callable(v)}


def changes(
    schedules: Sequence[_ParamScheduler], states: Sequence[dict[str, Any]]
) -> list[str]:
    """In what schedules differ from those of a checkpoint, as words."""
    if len(schedules) != len(states):
        return [f'{len(schedules)} schedules, were {len(states)}']
    words = []
    for schedule, before in zip(schedules, states, strict=True):
        if isinstance(schedule, ReduceOnPlateauParamScheduler):
            continue
        now = saved_state(schedule.state_dict())
        different = [
            key
            for key in dict.fromkeys([*now, *before])
            if key not in PROGRESS
            and not callable(before.get(key))
            and now.get(key) != before.get(key)
        ]
        if different:
            words.append(_words(schedule, different, before))
    return words


def replay(schedules: Sequence[_ParamScheduler], position: Position) -> None:
    """Step new schedules to where an uninterrupted run would have them.

    Most schedules compute a value from the one before it, so that a change
    of length in the middle would follow neither the old law nor the new.
    """
    counted = [
        s
        for s in schedules
        if not isinstance(s, ReduceOnPlateauParamScheduler)
    ]
    with warnings.catch_warnings():
        # They expect a step of the optimizer before each of theirs.
        warnings.simplefilter('ignore')
        for _ in range(position.epochs):
            for _ in range(position.iters):
                _step(counted, by_epoch=False)
            if position.by_epoch:
                _step(counted, by_epoch=True)


def states_of(
    schedules: Sequence[_ParamScheduler], given: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The states of schedules that were replayed.

    Those that follow metrics cannot be: they keep what a checkpoint has.
    """
    states = [schedule.state_dict() for schedule in schedules]
    if len(given) == len(states):
        for i, schedule in enumerate(schedules):
            if isinstance(schedule, ReduceOnPlateauParamScheduler):
                states[i] = given[i]
    return states


def _step(schedules: Sequence[_ParamScheduler], by_epoch: bool) -> None:
    for schedule in schedules:
        if schedule.by_epoch == by_epoch:
            schedule.step()


def _words(
    schedule: _ParamScheduler, keys: Sequence[str], before: dict[str, Any]
) -> str:
    unit = 'epochs' if schedule.by_epoch else 'iterations'
    if 'end' in keys and 'end' in before:
        what = f'ends after {schedule.end} {unit}, was {before["end"]}'
    else:
        key = keys[0]
        now = getattr(schedule, key, None)
        what = f'{key} is {now}, was {before.get(key)}'
    return f'{type(schedule).__name__} {what}'
