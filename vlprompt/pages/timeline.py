"""The page of what happens in long videos, second by second."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from vlprompt.apis.predictions import Prediction, Timeline

from .charts import COLORS, shorten
from .templates import render

WIDTH = 1000  # of a drawing, in its own units
LEFT = 190  # of it for names
ROW = 26  # a class
BAND = 18  # the segments
AXIS = 22
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600)
MOST_TICKS = 12


class Row(NamedTuple):
    """A class in a drawing.

    Attributes:
        name: Shortened.
        full: As it is.
        area: The path of its scores over time.
        color: Which of the page's.
    """

    name: str
    full: str
    area: str
    color: int


class Block(NamedTuple):
    """A segment in a drawing, and in the table below it."""

    x: float
    width: float
    color: int
    start: str
    end: str
    name: str
    score: float


class Video(NamedTuple):
    """A video on the page."""

    path: str
    duration: str
    num_windows: int
    rows: Sequence[Row]
    blocks: Sequence[Block]
    ticks: Sequence[tuple[float, str]]
    pictures: Sequence[tuple[str, str]]
    height: int


def timeline_page(
    timelines: Sequence[Timeline], facts: Mapping[str, Any]
) -> str:
    """A page of one file with the windows of videos.

    Above, frames of the video; below, for each class that is the best
    somewhere, its score over time.  Each window speaks for the time around
    its middle, as in :func:`merge`.

    Args:
        timelines: Of the videos.
        facts: What they are of, shown at the top.
    """
    names = {str(k).replace('_', ' '): v for k, v in facts.items()}
    title = 'Timeline' if len(timelines) > 1 else timelines[0].path
    return render(
        'timeline',
        title=title,
        facts=names,
        videos=[_video(timeline) for timeline in timelines],
        width=WIDTH,
        left=LEFT,
        row=ROW,
        band=BAND,
    )


def _video(timeline: Timeline) -> Video:
    best = Counter(window.names[0] for window in timeline.windows)
    most = {name for name, _ in best.most_common(COLORS)}
    shown = [name for name in best if name in most]  # by first appearance
    scale = (WIDTH - LEFT) / timeline.duration
    rows = [
        Row(shorten(name), name, _area(name, timeline.windows, scale), i)
        for i, name in enumerate(shown)
    ]
    return Video(
        timeline.path,
        clock(timeline.duration),
        len(timeline.windows),
        rows,
        _blocks(timeline, shown, scale),
        _ticks(timeline.duration, scale),
        [(clock(second), _source(jpeg)) for second, jpeg in timeline.pictures],
        BAND + ROW * len(rows) + AXIS,
    )


def _area(name: str, windows: Sequence[Prediction], scale: float) -> str:
    """The scores of a class, from 0 to the height of a row, as a path."""
    full = ROW - 4
    path = [f'M{LEFT + scale * windows[0].start:.1f} {full}']
    for window, end in zip(windows, _ends(windows), strict=True):
        score = window.scores[window.names.index(name)]
        height = full * min(max(score, 0.0), 1.0)
        path.append(f'V{full - height:.1f}H{LEFT + scale * end:.1f}')
    return ''.join([*path, f'V{full}Z'])


def _ends(windows: Sequence[Prediction]) -> list[float]:
    """Until when each window speaks."""
    middles = [(window.start + window.end) / 2 for window in windows]
    borders = [(a + b) / 2 for a, b in pairwise(middles)]
    return [*borders, windows[-1].end]


def _blocks(
    timeline: Timeline, shown: Sequence[str], scale: float
) -> list[Block]:
    return [
        Block(
            round(LEFT + scale * segment.start, 1),
            round(scale * (segment.end - segment.start), 1),
            shown.index(segment.name) if segment.name in shown else -1,
            clock(segment.start),
            clock(segment.end),
            segment.name,
            segment.score,
        )
        for segment in timeline.segments()
    ]


def _ticks(duration: float, scale: float) -> list[tuple[float, str]]:
    steps = [s for s in STEPS if duration / s <= MOST_TICKS]
    step = steps[0] if steps else duration / MOST_TICKS
    number = int(duration / step + 1e-9)
    return [
        (round(LEFT + scale * i * step, 1), clock(i * step))
        for i in range(number + 1)
    ]


def _source(jpeg: bytes) -> str:
    return f'data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}'


def clock(seconds: float) -> str:
    """``1:02``, ``1:02.5``, ``1:00:00``."""
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    rest = f'{tenths // 10:02}' + (f'.{tenths % 10}' if tenths % 10 else '')
    return f'{hours}:{minutes:02}:{rest}' if hours else f'{minutes}:{rest}'
