"""Progress and tables on the screen."""

from collections.abc import Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .records import Job, Record, Section, table

COLUMNS = (
    TextColumn('{task.description}'),
    BarColumn(20),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
    TextColumn('left'),
    TimeRemainingColumn(),
)


def track(jobs: dict[str, list[Job]]) -> Iterator[tuple[str, Job]]:
    """Jobs with the name of their section, while a bar is drawn.

    Args:
        jobs: By name of the section.
    """
    console = Console(stderr=True)
    with Progress(*COLUMNS, console=console, transient=True) as bar:
        task = bar.add_task('', total=sum(map(len, jobs.values())))
        for name, of_section in jobs.items():
            for job in of_section:
                bar.update(task, description=f'{name}: {job.name}')
                start = bar.get_time()
                yield name, job
                bar.advance(task)
                seconds = bar.get_time() - start
                bar.print(f'{name}: {job.name} ({seconds:.0f} s)')


def show(
    sections: dict[str, Section], results: dict[str, list[Record]]
) -> None:
    """Print a table of each section that has records, seconds included."""
    for name, section in sections.items():
        if results[name]:
            print(f'\n{section.title}\n')
            print(table(section, results[name], absolute=True), end='')
