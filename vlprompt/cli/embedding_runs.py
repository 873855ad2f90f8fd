"""What runs of `vlprompt index` and `vlprompt embed` show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from vlprompt.clips.in_order import Broken

NAMED = 20  # videos that cannot be read, on the terminal


@contextmanager
def followed() -> Iterator[Callable[[int, int, str], None]]:
    """Show on a terminal how far a run has come.

    Yields:
        What is told of each video.
    """
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn('videos'),
        TimeRemainingColumn(),
        TextColumn('{task.description}', style='dim'),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task('', total=None)
        yield lambda done, total, path: progress.update(
            task, completed=done, total=total, description=path[-40:]
        )


def name_problems(problems: Sequence[Broken], file: object) -> None:
    """Name what could not be read."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for broken in problems[:NAMED]:
        console.print(Text(f'skipped: {broken.line()}', style='yellow'))
    if len(problems) > NAMED:
        console.print(f'... all {len(problems)} in {file}')
