"""Tables of numbers, as the papers and this library print them."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Table(NamedTuple):
    """A table with what is said above and below it.

    Attributes:
        head: The names of the columns.
        rows: The cells of each row, as many as the head has.
        title: A line above the table.
        note: A paragraph below it.

    Example:
        >>> print(Table(['Method', 'Top-1'], [['CLIP', '46.0']]).markdown())
        | Method | Top-1 |
        |--------|-------|
        | CLIP   | 46.0  |
        <BLANKLINE>
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ''
    note: str = ''

    def markdown(self) -> str:
        """The table as Markdown whose columns line up as it is."""
        table = [list(self.head), *(list(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        head, *rows = (_line(row, widths) for row in table)
        rule = '|' + '|'.join('-' * (width + 2) for width in widths) + '|'
        lines = [self.title, ''] if self.title else []
        lines += [head, rule, *rows]
        if self.note:
            lines += ['', self.note]
        return '\n'.join(lines) + '\n'


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return f'| {" | ".join(cell.ljust(width) for cell, width in pairs)} |'


def harmonic_mean(a: float, b: float) -> float:
    """2ab / (a + b), 0 if both are."""
    return 2 * a * b / (a + b) if a + b else 0.0


def deviation(values: Sequence[float], ddof: int = 0) -> float:
    """The standard deviation; 0 of a single value.

    Args:
        values: The values.
        ddof: 0 divides by their number, 1 by one less.
    """
    if len(values) < 2:
        return 0.0
    return (statistics.stdev if ddof else statistics.pstdev)(values)


def percent(value: float | None) -> str:
    """A percentage with one decimal, ``-`` for None."""
    return '-' if value is None else f'{value:.1f}'


def mean_and_deviation(values: Sequence[float], ddof: int = 0) -> str:
    """``49.0 ± 0.3``; the mean alone of a single value."""
    mean = percent(statistics.fmean(values))
    if len(values) < 2:
        return mean
    return f'{mean} ± {percent(deviation(values, ddof))}'
