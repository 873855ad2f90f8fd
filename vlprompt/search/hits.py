"""From the scores of windows to what is shown: times in videos."""

from typing import Protocol

import numpy as np

from .windows import Hit, Windows

SAMPLE = 4096  # windows of which the median is taken
AT_FIRST = 8  # windows that are looked at for each hit, to begin with


class Scores(Protocol):
    """The scores of all windows."""

    def best(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The best k rows, and their scores."""

    def at(self, rows: np.ndarray) -> np.ndarray:
        """The scores of rows."""


def separate_hits(windows: Windows, scores: Scores, k: int) -> list[Hit]:
    """The best k windows, each by itself."""
    rows, values = scores.best(k)
    pairs = enumerate(zip(rows.tolist(), values, strict=True), 1)
    return [windows.hit(rank, value, row, row) for rank, (row, value) in pairs]


def merged_hits(windows: Windows, scores: Scores, k: int) -> list[Hit]:
    """The best k times, of which no two overlap.

    A hit is the best window that is left, and the neighbours that join it:
    those of its video that follow without a gap and have more than half of
    what it has above the median of all windows.  Others that overlap with
    the hit are left out.

    Args:
        windows: Of the index.
        scores: Of the query.
        k: Hits at most.
    """
    number = len(windows.video)
    sample = np.unique(np.linspace(0, number - 1, SAMPLE).astype(int))
    median = float(np.median(scores.at(sample)))
    hits: list[Hit] = []
    taken: set[int] = set()
    seen, wanted = 0, min(AT_FIRST * k, number)
    while len(hits) < k and seen < number:
        rows, values = scores.best(wanted)
        for row, value in zip(
            rows[seen:].tolist(), values[seen:].tolist(), strict=True
        ):
            if row in taken:
                continue
            least = (value + median) / 2
            first = _extend(windows, scores, row, -1, least, taken)
            last = _extend(windows, scores, row, 1, least, taken)
            hits.append(windows.hit(len(hits) + 1, value, first, last))
            taken.update(_overlapping(windows, first, last))
            if len(hits) == k:
                break
        seen, wanted = wanted, min(AT_FIRST * wanted, number)
    return hits


def _extend(
    windows: Windows,
    scores: Scores,
    row: int,
    step: int,
    least: float,
    taken: set[int],
) -> int:
    """The last window to one side that joins."""
    while True:
        near = row + step
        if near in taken or not _touch(windows, row, near):
            return row
        if scores.at(np.array([near]))[0] < least:
            return row
        row = near


def _touch(windows: Windows, row: int, near: int) -> bool:
    """Whether two neighbouring rows are of one video, without a gap."""
    if not 0 <= near < len(windows.video):
        return False
    before, after = min(row, near), max(row, near)
    return bool(
        windows.video[before] == windows.video[after]
        and windows.starts[after] <= windows.ends[before]
    )


def _overlapping(windows: Windows, first: int, last: int) -> set[int]:
    """A hit's own windows, and those that share some of its time."""
    video = windows.video[first]
    begin = np.searchsorted(windows.video, video, side='left')
    end = np.searchsorted(windows.video, video, side='right')
    own = slice(begin, end)
    start, stop = windows.starts[first], windows.ends[first : last + 1].max()
    shared = (windows.starts[own] < stop) & (windows.ends[own] > start)
    return set((begin + np.flatnonzero(shared)).tolist())
