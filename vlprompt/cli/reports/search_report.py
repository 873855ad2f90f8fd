"""What `vlprompt search` shows and writes."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from vlprompt.search import Hit

from .classify_report import clock


def show(facts: dict[str, Any], hits: Sequence[Hit]) -> None:
    """A line for each hit, after one that says what they are of."""
    console = Console(highlight=False, soft_wrap=True)
    line = (
        f'{facts["videos"]:,} videos, {facts["windows"]:,} windows below '
        f'{facts["root"]} | model {facts["model"]} | {facts["engine"]}'
    )
    console.print(Text(line, style='dim'))
    width = max(len(hit.path) for hit in hits)
    for hit in hits:
        times = f'{clock(hit.start)}-{clock(hit.end)}'
        row = Text(f'{hit.rank:>3}  {hit.score:.3f}  ')
        row.append(f'{hit.path:<{width}}', 'bold')
        console.print(row.append(f'  {times}'))


def as_json(facts: dict[str, Any], hits: Sequence[Hit]) -> str:
    """A document."""
    content = dict(**facts, results=[_rounded(hit) for hit in hits])
    return json.dumps(content, indent=2, ensure_ascii=False) + '\n'


def as_csv(hits: Sequence[Hit]) -> str:
    """A table."""
    text = io.StringIO()
    writer = csv.DictWriter(text, Hit._fields, lineterminator='\n')
    writer.writeheader()
    writer.writerows(_rounded(hit) for hit in hits)
    return text.getvalue()


def _rounded(hit: Hit) -> dict[str, Any]:
    return hit._replace(score=round(hit.score, 6))._asdict()
