"""Numbers of the protocols as Markdown."""

import statistics
from collections.abc import Sequence


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
    """One decimal, ``-`` for what there is not."""
    return '-' if value is None else f'{value:.1f}'


def mean_and_deviation(values: Sequence[float], ddof: int = 0) -> str:
    """``49.0 ± 0.3``; the mean alone of a single value."""
    mean = percent(statistics.fmean(values))
    if len(values) < 2:
        return mean
    return f'{mean} ± {percent(deviation(values, ddof))}'


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, columns padded so that it can be read as it is."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        '| ' + ' | '.join(c.ljust(w) for c, w in zip(r, widths, strict=True))
        for r in table
    ]
    rule = '|' + '|'.join('-' * (width + 2) for width in widths) + '|'
    lines = [f'{line} |' for line in lines]
    return '\n'.join([lines[0], rule, *lines[1:]]) + '\n'
