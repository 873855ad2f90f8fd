"""The tables of ``vlprompt toy zoo``."""

from collections.abc import Callable, Sequence
from statistics import fmean, median

from vlprompt.tables import Table, deviation, mean_and_deviation, percent

from .zoo_results import Cell, Row, Systems, ZooResults
from .zoo_variants import PLAIN, VARIANTS

HEAD = (
    'method',
    'sees order',
    'seeds',
    'learnt',
    *('all: base', 'novel', 'HM'),
    *('blind: base', 'novel', 'HM'),
    *('ordered: base', 'novel', 'HM'),
    *('direction: base', 'novel'),
    'seconds',
)
NOT_RUN = 'not run'
Scores = Callable[[Cell], dict[int, float]]


def variant_table(
    results: ZooResults, systems: Systems, variant: str
) -> Table:
    """All numbers of one variant, a row for each method."""
    rows = []
    for name, (config, ordered) in systems.items():
        cell = results.cell(config, variant)
        ordered |= VARIANTS[variant].order
        rows.append([name, 'yes' if ordered else 'no', *_cells(cell)])
    return Table(HEAD, rows, f'## {variant}: {VARIANTS[variant].title}')


def difference_table(
    results: ZooResults,
    systems: Systems,
    variants: Sequence[str],
    scores: Scores,
    title: str,
    note: str = '',
) -> Table:
    """What variants add to the plain methods, mean and spread over seeds.

    Args:
        results: What is known.
        systems: The rows.
        variants: The columns after that of the plain methods.
        scores: The number that is compared, by seed.
        title: Of the table.
        note: Below it.
    """
    added = [variant for variant in variants if variant != PLAIN]
    rows, columns = [], {variant: [] for variant in added}
    for name, (config, _) in systems.items():
        plain = results.cell(config, PLAIN)
        values = scores(plain)
        row = [name, _plain(values)]
        for variant in added:
            cell = results.cell(config, variant)
            differences = _differences(scores(cell), values)
            columns[variant] += [fmean(differences)] if differences else []
            row.append(_difference(cell, differences))
        rows.append(row)
    means = [_over_methods(column) for column in columns.values()]
    rows.append(['mean of all, and how many gain', '', *means])
    return Table(['method', PLAIN, *added], rows, title, note)


def _cells(cell: Cell) -> list[str]:
    if not cell.runs:
        return ['-' if cell.reason else NOT_RUN] * (len(HEAD) - 2)
    runs = list(cell.runs.values())
    cells = [str(len(runs)), f'{runs[0]["learnt"]:,}']
    for part in ('all', 'blind', 'ordered'):
        cells += _means(cell.rows(part))
    cells += _means(cell.rows('direction'))[:2]
    return [*cells, f'{median(run["seconds"] for run in runs):.0f}']


def _means(rows: dict[int, Row]) -> list[str]:
    columns = zip(*rows.values(), strict=True)
    return [
        percent(None if None in column else fmean(column))
        for column in columns
    ]


def _plain(values: dict[int, float]) -> str:
    if not values:
        return NOT_RUN
    return mean_and_deviation(list(values.values()), ddof=1)


def _differences(
    values: dict[int, float], plain: dict[int, float]
) -> list[float]:
    """Of each seed that both have."""
    return [value - plain[s] for s, value in values.items() if s in plain]


def _difference(cell: Cell, differences: list[float]) -> str:
    if not differences:
        return '-' if cell.reason else NOT_RUN
    mean = f'{fmean(differences):+.1f}'
    if len(differences) < 2:
        return mean
    return f'{mean} ± {deviation(differences, ddof=1):.1f}'


def _over_methods(differences: list[float]) -> str:
    if not differences:
        return NOT_RUN
    gains = sum(d > 0 for d in differences)
    return f'{fmean(differences):+.1f}, {gains} of {len(differences)}'
