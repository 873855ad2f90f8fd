"""The rows of the baselines in a table of few shots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vlprompt.tables import percent

from .conditions import Conditions
from .few_shot_baselines import ROWS, Baselines

if TYPE_CHECKING:
    from .protocol import Metrics


def baseline_rows(
    baselines: Mapping[str, Baselines],
    grid: Sequence[tuple[str, int]],
    metrics: Metrics,
) -> list[list[str]]:
    """A row of each baseline, with a cell of each data set and shots.

    Args:
        baselines: By data set; none if they were left out.
        grid: Data sets and shots, in the order of the columns.
        metrics: Of all jobs.
    """
    if not baselines:
        return []
    return [
        [
            title,
            *(
                percent(100 * metrics[job]['acc/top1'])
                for name, shots in grid
                for job in [baselines[name].job_of(kind, shots)]
            ),
        ]
        for kind, title in ROWS.items()
    ]


def conditions_of_baselines(method: Conditions) -> list[Conditions]:
    """What the numbers of each of ``ROWS`` depend on.

    Args:
        method: Those of the method beside which they stand.
    """
    frozen = Conditions('CLIP', 'none', 'no', method.views, 'none')
    trained = frozen._replace(epoch='last')
    return [trained if kind == 'tip_f' else frozen for kind in ROWS]
