"""The windows of an index, and times in them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .parts import Block


class Hit(NamedTuple):
    """A time in a video that fits a query.

    Attributes:
        rank: From 1 on.
        score: The cosine of its best window.
        path: The video, relative to the root of the index.
        start: Seconds.
        end: Seconds.
    """

    rank: int
    score: float
    path: str
    start: float
    end: float


class Windows(NamedTuple):
    """All N windows of an index, by their videos and times.

    Attributes:
        paths: The videos, sorted.
        video: (N,) which of these each window is of.
        starts: (N,) seconds.
        ends: (N,) seconds.
    """

    paths: tuple[str, ...]
    video: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    def hit(self, rank: int, score: Any, first: int, last: int) -> Hit:
        """The windows from one to another as one hit."""
        return Hit(
            rank,
            float(score),
            self.paths[self.video[first]],
            float(self.starts[first]),
            float(self.ends[first : last + 1].max()),
        )


def in_order(blocks: Sequence[Block]) -> tuple[Windows, np.ndarray]:
    """Windows by path and time, and where in the blocks each of them is.

    Of a video that is there twice, as it is while an index is brought up to
    date, the newest file counts.
    """
    begins = np.cumsum([0, *(len(block.times) for block in blocks)])
    chosen: dict[str, int] = {}
    for place, block in enumerate(blocks):
        path = block.video.path
        other = chosen.get(path)
        if other is None or block.video.mtime > blocks[other].video.mtime:
            chosen[path] = place
    paths = tuple(sorted(chosen))
    own = [chosen[path] for path in paths]
    lengths = [len(blocks[place].times) for place in own]
    order = [np.arange(begins[place], begins[place + 1]) for place in own]
    times = np.concatenate([blocks[place].times for place in own])
    video = np.repeat(np.arange(len(paths)), lengths)
    windows = Windows(paths, video, times[:, 0], times[:, 1])
    return windows, np.concatenate(order)
