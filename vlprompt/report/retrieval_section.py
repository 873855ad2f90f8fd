"""A test of retrieval on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from vlprompt.pages import Bar, column_chart
from vlprompt.records.predictions import RetrievalPredictions
from vlprompt.retrieval_directions import DIRECTIONS, directions

from .clips import Gallery, Shown

NUMBERS = ('R1', 'R5', 'R10', 'MdR', 'MnR')
HEAD = ('R@1', 'R@5', 'R@10', 'median rank', 'mean rank')
# The last rank of each column of the histogram.
EDGES = (1, 2, 3, 5, 10, 20, 50, 100)


class Query(NamedTuple):
    """A caption whose video is ranked low."""

    caption: str
    rank: float
    right: Shown
    first: Shown


class RetrievalSection(NamedTuple):
    """What a page shows of a test."""

    head: Sequence[str]
    rows: list[tuple[str, list[str]]]
    histograms: list[tuple[str, Markup]]
    worst: list[Query]


def metric_rows(metrics: Mapping[str, float]) -> list[tuple[str, list[str]]]:
    """The numbers of all directions; a dash for one that is missing."""
    return [
        (
            title,
            [
                f'{metrics[f"{key}/{name}"]:.1f}'
                if f'{key}/{name}' in metrics
                else '–'
                for name in NUMBERS
            ],
        )
        for key, title in directions(metrics).items()
    ]


def make_retrieval_section(
    kept: RetrievalPredictions,
    metrics: Mapping[str, float],
    gallery: Gallery,
    num_worst: int,
) -> RetrievalSection:
    """Make tables, histograms and strips of the ranks of a test.

    Args:
        kept: The ranks.
        metrics: Of the test.
        gallery: Makes the strips.
        num_worst: How many queries with two clips each are shown.
    """
    ranks = dict(t2v=kept.t2v_ranks, v2t=kept.v2t_ranks)
    histograms = [
        (title, _draw_ranks(np.array(ranks[key]), title))
        for key, title in DIRECTIONS.items()
    ]
    order = np.argsort(-np.array(kept.t2v_ranks), kind='stable')
    worst = [
        Query(
            kept.captions[i],
            kept.t2v_ranks[i],
            gallery.show(kept.videos[kept.owners[i]]),
            gallery.show(kept.videos[kept.t2v_best[i][0]]),
        )
        for i in order[:num_worst]
        if kept.t2v_ranks[i] > 1
    ]
    return RetrievalSection(HEAD, metric_rows(metrics), histograms, worst)


def _draw_ranks(ranks: np.ndarray, title: str) -> Markup:
    bars, last = [], 0.0
    for edge in (*EDGES, np.inf):
        inside = int(((ranks > last) & (ranks <= edge)).sum())
        name = f'{edge}' if edge == last + 1 else f'≤{edge}'
        if np.isinf(edge):
            name = f'>{last}'
        kind = 'good' if edge == 1 else 'plain'
        bars.append(Bar(name, inside, str(inside), kind=kind))
        last = edge
    return column_chart(bars, f'Ranks, {title}', 'rank of what is right')
