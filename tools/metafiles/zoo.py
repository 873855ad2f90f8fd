"""What was measured here: the table of the toy world."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from vlprompt.toy.zoo import SYSTEMS

DOCUMENT = Path(__file__).parents[2] / 'docs/toy_zoo.md'
PARTS = ('base', 'novel')
FIRST = 'all: base'  # its column, the next one is that of novel classes


def measured(config: str) -> list[dict[str, Any]]:
    """Results of a toy config, as a metafile has them.

    Args:
        config: Folder and stem: ``'vilt/vilt_toy'``.
    """
    return [
        {
            'Dataset': f'Toy, {part} classes',
            'Task': 'Action Recognition',
            'Metrics': {'Top 1 Accuracy': value},
        }
        for part, value in _table().get(config, {}).items()
    ]


@cache
def _table() -> dict[str, dict[str, float]]:
    """Accuracies on all motions by config and part of the classes.

    The first table of the page, that of the methods as published.
    """
    found, columns = {}, None
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip('|').split('|')]
        if columns is None and FIRST in cells:
            first = cells.index(FIRST)
            columns = slice(first, first + len(PARTS))
        config, _ = SYSTEMS.get(cells[0], (None, None))
        if config is not None and config not in found:
            found[config] = {
                part: float(cell)
                for part, cell in zip(PARTS, cells[columns], strict=True)
                if re.fullmatch(r'[\d.]+', cell)
            }
    return found
