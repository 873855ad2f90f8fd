"""Drawings as inline SVG, in the colours of the page."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from .templates import render_part

WIDTH, HEIGHT = 460, 240  # of a chart, in its own units
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 34
COLORS = 8  # that a page has for lines
LETTER = 6.9  # units a letter takes, about
LONGEST = 34  # letters of a name in a drawing


class Line(NamedTuple):
    """Points that are connected.

    Attributes:
        name: In the legend.
        x: Their places.
        y: Their heights.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]


class Bar(NamedTuple):
    """A bar with its name.

    Attributes:
        name: Above it.
        value: Its length.
        text: What is written at its end.
        href: Where a click leads, ``'#pair-3-5'``; nowhere if empty.
        kind: ``'good'``, ``'bad'`` or ``'plain'``, which is its colour.
    """

    name: str
    value: float
    text: str = ''
    href: str = ''
    kind: str = 'plain'


class Cell(NamedTuple):
    """A cell of a matrix.

    Attributes:
        row: From 0 on.
        column: From 0 on.
        share: How strong its colour is, from 0 to 1.
        text: Inside it, where cells are large enough.
        title: What is shown when it is pointed at.
        href: Where a click leads; nowhere if empty.
        kind: ``'good'`` or ``'bad'``.
    """

    row: int
    column: int
    share: float
    text: str
    title: str
    href: str
    kind: str


def line_chart(
    lines: Sequence[Line], title: str, x_label: str = '', y_label: str = ''
) -> Markup:
    """Draw lines over common axes; a line of one point is a dot.

    Args:
        lines: With finite numbers, one of them at least.
        title: What the drawing shows.
        x_label: Below it.
        y_label: Beside it.
    """
    xs = [x for line in lines for x in line.x]
    ys = [y for line in lines for y in line.y]
    across, up = (
        _Axis(xs, LEFT, WIDTH - RIGHT),
        _Axis(ys, HEIGHT - BOTTOM, TOP),
    )
    drawn = [
        dict(
            name=line.name,
            color=i % COLORS,
            points=[
                (across.place(x), up.place(y))
                for x, y in zip(line.x, line.y, strict=True)
            ],
        )
        for i, line in enumerate(lines)
    ]
    return render_part(
        'line_chart',
        title=title,
        lines=drawn,
        x_ticks=across.ticks(),
        y_ticks=up.ticks(),
        x_label=x_label,
        y_label=y_label,
        box=(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM),
    )


def bar_chart(bars: Sequence[Bar], title: str) -> Markup:
    """Draw horizontal bars, each below its name.

    Args:
        bars: With lengths from 0 on.
        title: What the drawing shows.
    """
    most = max((bar.value for bar in bars), default=0) or 1
    names = [shorten(bar.name, 2 * LONGEST) for bar in bars]
    return render_part(
        'bar_chart',
        title=title,
        bars=bars,
        names=names,
        most=most,
        width=WIDTH,
    )


def column_chart(bars: Sequence[Bar], title: str, x_label: str) -> Markup:
    """Draw columns side by side, such as a histogram.

    Args:
        bars: With lengths from 0 on; names stand below.
        title: What the drawing shows.
        x_label: Below the names.
    """
    most = max((bar.value for bar in bars), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    return render_part(
        'column_chart',
        title=title,
        bars=bars,
        most=most,
        step=step,
        x_label=x_label,
        box=(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM),
    )


def matrix_chart(
    cells: Sequence[Cell],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    side: float = 22,
) -> Markup:
    """Draw the cells of a matrix that are not empty.

    Args:
        cells: What is drawn.
        rows: The names of all rows; none for a matrix too large for names.
        columns: The names of all columns.
        title: What the drawing shows.
        side: Of a cell; texts are drawn from 16 on.
    """
    named = side >= 11
    rows, columns = (
        [shorten(name) if named else '' for name in names]
        for names in (rows, columns)
    )
    left, top = (
        12 + LETTER * max(map(len, names), default=0) if named else 2
        for names in (rows, columns)
    )
    return render_part(
        'matrix_chart',
        title=title,
        cells=cells,
        rows=rows,
        columns=columns,
        named=named,
        side=side,
        left=round(left),
        top=round(top),
    )


def shorten(name: str, most: int = LONGEST) -> str:
    """A name that fits beside a drawing; long ones differ at the end."""
    if len(name) <= most:
        return name
    start = most // 2 - 1
    return f'{name[:start]}…{name[start + 1 - most :]}'


class _Axis:
    """Numbers to places, and the round numbers that are written."""

    def __init__(
        self, values: Sequence[float], start: float, end: float
    ) -> None:
        low, high = min(values), max(values)
        if math.isclose(low, high, abs_tol=1e-300):  # but for rounding
            extent = abs(low) / 10 or 1
            low, high = low - extent, high + extent
        self.step = _round_step((high - low) / 4)
        self.low = math.floor(low / self.step + 1e-9) * self.step
        self.high = math.ceil(high / self.step - 1e-9) * self.step
        self.start, self.end = start, end

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[tuple[float, str]]:
        count = round((self.high - self.low) / self.step)
        values = [self.low + i * self.step for i in range(count + 1)]
        return [(self.place(v), f'{v:.4g}') for v in values]


def _round_step(step: float) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= step)
