"""How long ways to make a sample take, in turn."""

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mmcv.transforms import BaseTransform

from .data import seconds_of_steps


class Timing(NamedTuple):
    """Seconds of a sample.

    Attributes:
        decoding: Until there are frames.
        whole: Until the model sees them.
    """

    decoding: float
    whole: float


class Way(NamedTuple):
    """A pipeline, and the file that it reads."""

    steps: list[BaseTransform]
    file: Path

    def __call__(self, seed: int) -> Timing:
        """Make one sample."""
        seconds = seconds_of_steps(self.steps, self.file, seed)
        names = [type(step).__name__ for step in self.steps]
        end = 1 + next(i for i, n in enumerate(names) if n.endswith('Decode'))
        return Timing(sum(seconds[:end]), sum(seconds))


def take_turns(
    ways: dict[str, Callable[[int], Timing]], repeats: int
) -> dict[str, Timing]:
    """Medians of several ways, after a round to warm up.

    Args:
        ways: What makes a sample from a seed, by name.
        repeats: How often; every other round is in reverse order.
    """
    rounds: dict[str, list[Timing]] = {name: [] for name in ways}
    order = list(ways)
    for seed in range(1 + repeats):
        for name in order:
            rounds[name].append(ways[name](seed))
        order.reverse()
    return {
        name: Timing(*map(statistics.median, zip(*taken[1:], strict=True)))
        for name, taken in rounds.items()
    }
