"""The text of docs/reproduce.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.metafiles.published import TITLES, conditions_in_words, sentence
from vlprompt.protocols.conditions import HEAD
from vlprompt.reproduce.catalog import all_tables
from vlprompt.reproduce.differences import DIFFERENCES
from vlprompt.reproduce.seed_tables import NOT_RUN
from vlprompt.reproduce.tables import PaperTable
from vlprompt.shipped_configs import shipped_configs
from vlprompt.tables import Table

from .estimates import estimate

OPENING = Path(__file__).with_name('opening.txt')
CLOSING = 'These are no accuracies, and no run gives them:'


def document() -> str:
    """The whole page."""
    facts = {config.name: config for config in shipped_configs()}
    parts = [OPENING.read_text('utf-8'), _overview(facts)]
    for table in all_tables():
        parts += _section(table)
    left = [f'* {source}: {why}' for source, why in NOT_RUN.items()]
    parts += ['## What is no table here', '', CLOSING, '', *left]
    return '\n'.join(parts) + '\n'


def _overview(facts: dict) -> str:
    rows = [
        [
            f'`vlprompt reproduce {table.paper} {table.name}`',
            table.title,
            estimate(table, [*table.runs], facts).words(),
        ]
        for table in all_tables()
    ]
    return Table(['command', 'what', 'extrapolated cost'], rows).markdown()


def _section(table: PaperTable) -> Iterator[str]:
    yield f'## {table.paper} {table.name}'
    yield ''
    yield f'{table.title[0].upper()}{table.title[1:]} ({table.source}).'
    yield ''
    yield f'    vlprompt reproduce {table.paper} {table.name}'
    yield ''
    rows = []
    for run in table.runs:
        numbers = table.published_of(run)
        stem = f'`{run.config}`'
        sets = ', '.join(TITLES.get(n, n) for n in table.datasets(run))
        text = sentence(numbers) or f'nothing ({sets})'
        rows.append([run.method, stem, text, conditions_in_words(numbers)])
    head = ['row', 'config', 'published', ' / '.join(HEAD).lower()]
    head[-1] = head[-1].replace('llm', 'LLM')
    yield Table(head, rows).markdown()
    if table.not_here:
        left = '; '.join(f'{k} ({v})' for k, v in table.not_here.items())
        yield f'Not run: {left}.\n'
    yield 'Known reasons for differences:'
    yield ''
    for key in table.differences:
        yield f'* {DIFFERENCES[key]}'
    yield ''
