"""Windows that follow each other are one hit."""

from itertools import pairwise

import numpy as np
import pytest

from vlprompt.search.hits import merged_hits, separate_hits
from vlprompt.search.windows import Windows


class Given:
    """Scores that are known."""

    def __init__(self, values):
        self.values = np.array(values, 'f4')

    def best(self, k):
        order = np.argsort(-self.values, kind='stable')[:k]
        return order, self.values[order]

    def at(self, rows):
        return self.values[rows]


def windows_of(lengths, window=4.0, stride=2.0):
    starts = np.concatenate([np.arange(n) * stride for n in lengths])
    video = np.repeat(np.arange(len(lengths)), lengths)
    paths = tuple(f'{n}.mp4' for n in range(len(lengths)))
    return Windows(paths, video, starts, starts + window)


def test_neighbours_are_one_hit():
    windows = windows_of([8, 3])
    scores = Given([0, 0, 0.8, 1, 0.9, 0, 0, 0.7, 0.1, 0.1, 0.95])
    hits = merged_hits(windows, scores, 5)
    assert [(h.path, h.start, h.end) for h in hits[:3]] == [
        ('0.mp4', 4, 12),
        ('1.mp4', 4, 8),
        ('0.mp4', 14, 18),
    ]
    assert [h.score for h in hits[:2]] == pytest.approx([1, 0.95])
    assert [h.rank for h in hits] == [1, 2, 3, *range(4, len(hits) + 1)]
    for path in windows.paths:
        own = sorted((h.start, h.end) for h in hits if h.path == path)
        for before, after in pairwise(own):
            assert before[1] <= after[0]
    separate = separate_hits(windows, scores, 3)
    assert [h.start for h in separate] == [6, 4, 8]


def test_windows_of_two_videos_are_never_one():
    windows = windows_of([1, 1, 1])
    hits = merged_hits(windows, Given([0.9, 0.9, 0.1]), 3)
    assert [h.path for h in hits] == ['0.mp4', '1.mp4', '2.mp4']


def test_more_windows_are_looked_at_where_hits_are_large():
    """A first video that is all the same, and 200 others below it."""
    windows = windows_of([500] + [1] * 200)
    scores = Given([0.9] * 500 + [*np.linspace(0.1, 0, 200)])
    hits = merged_hits(windows, scores, 50)
    assert len(hits) == 50
    assert hits[1].path == '1.mp4' and hits[49].path == '49.mp4'
