"""The tables of a reproduction, as text and as a page."""

from __future__ import annotations

import os
from pathlib import Path

from vlprompt.pages import render
from vlprompt.whole_files import write_text

from .outcome import Outcome

PAGE = 'reproduce.html'


def write_page(outcome: Outcome) -> Path:
    """Print the tables, write ``table.md`` and the page.

    Returns:
        The page, which links those of the single rows.
    """
    out, tables = outcome.request.out, outcome.tables()
    notes = outcome.notes()
    lines = [table.markdown() for table in tables]
    lines += [f'* {note}' for note in notes]
    text = '\n'.join(lines)
    print(f'\n{text}')
    write_text(out / 'table.md', f'{text}\n')
    links = [
        (item.run.method, item.run.config, _relative(page, out))
        for item in outcome.planned
        if (page := item.settings.out / 'report.html').is_file()
    ]
    title = f'{outcome.table.paper} {outcome.table.name}, reproduced'
    path = out / PAGE
    write_text(
        path,
        render(
            'reproduce', title=title, tables=tables, notes=notes, links=links
        ),
    )
    print(f'\nWrote {out}/table.md, bundle.json and {PAGE}')
    return path


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
