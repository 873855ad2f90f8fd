"""Headers of configs and tables of READMEs, with the numbers of the CSV."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from vlprompt.protocols.conditions import HEAD
from vlprompt.protocols.published import published_for

from .published import conditions_in_words, sentence

WIDTH = 79
NOT_HERE = 'Not measured here.'
# From its key to the next one, or to the end of the header.
PUBLISHED = re.compile(r'^Published: .*?(?=^[A-Z]\w+: |^""")', re.M | re.S)
CONDITIONS = ' / '.join(HEAD).lower().replace('llm', 'LLM')
CONFIG = re.compile(r'\| `(\w+)` \|')


def name_of(path: Path) -> str:
    """Folder and stem of a config: ``'vilt/vilt_b16_k400'``."""
    return f'{path.parent.name}/{path.stem}'


def rewrite_header(path: Path) -> str:
    """The text of a config, its ``Published:`` made from the CSV.

    A config of which the CSV knows nothing keeps its own words.
    """
    text = path.read_text()
    numbers = published_for(name_of(path))
    if not numbers:
        return text
    words = f'Published: {sentence(numbers)}.'
    lines = textwrap.wrap(
        f'{words}  {NOT_HERE}', WIDTH, break_on_hyphens=False
    )
    return PUBLISHED.sub(lambda _: '\n'.join(lines) + '\n', text, count=1)


def rewrite_readme(path: Path, learned: dict[str, int]) -> str:
    """The text of a README, numbers in its tables of configs made anew.

    In a table, a row that begins with the name of a config gets the published
    numbers in the column ``published``, what they depend on in one after it,
    which the table gets if it has none, and the number of trainable
    parameters in the column of that name.

    Args:
        path: The file, beside its configs.
        learned: Trainable parameters by the stem of the config.
    """
    lines, head = [], []
    for line in _with_conditions(path.read_text().splitlines()):
        cells = _cells(line)
        if not head:
            head = cells
        elif found := CONFIG.match(line):
            line = _row(
                dict(zip(head, cells, strict=True)), path, found[1], learned
            )
        if not cells:
            head = []
        lines.append(line)
    return '\n'.join(lines) + '\n'


def _with_conditions(lines: Iterable[str]) -> Iterator[str]:
    """Lines, tables of published numbers with a column of conditions."""
    inside = lacking = False
    for line in lines:
        cells = _cells(line)
        if cells and not inside:
            lacking = 'published' in cells and CONDITIONS not in cells
            yield f'{line} {CONDITIONS} |' if lacking else line
        elif cells and lacking:
            yield f'{line}---|' if set(line) <= {*'|-: '} else f'{line}  |'
        else:
            yield line
        inside = bool(cells)


def _row(
    row: dict[str, str], path: Path, stem: str, learned: dict[str, int]
) -> str:
    numbers = published_for(f'{path.parent.name}/{stem}')
    if 'published' in row:
        row['published'] = sentence(numbers) or '-'
        row[CONDITIONS] = conditions_in_words(numbers)
    if 'trainable parameters' in row:
        row['trainable parameters'] = f'{learned[stem]:,}'
    return f'| {" | ".join(row.values())} |'


def _cells(line: str) -> list[str]:
    if not line.startswith('|'):
        return []
    return [cell.strip() for cell in line.strip().strip('|').split('|')]
