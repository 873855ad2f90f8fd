"""What is shown while jobs run."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from .job import Job
from .time_left import TimeLeft

MARGIN = 6  # lines of the terminal that are not rows of jobs


class Lines:
    """A line whenever a job starts or ends.

    Args:
        jobs: All jobs.
        slots: How many run at a time.
    """

    def __init__(self, jobs: Sequence[Job], slots: int) -> None:
        self._places = {job.name: i for i, job in enumerate(jobs, 1)}
        self._left = TimeLeft(jobs, slots)

    def __enter__(self) -> 'Lines':
        """Nothing is shown yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing more is shown."""

    def start(self, job: Job) -> None:
        """Say which job of how many, and how long all will take."""
        left = f' ({self._left})' if str(self._left) else ''
        place = f'{self._places[job.name]}/{len(self._places)}'
        self._print(f'[{place}] {job.name}{left}')

    def move(self, job: Job, position: str) -> None:
        """Positions are not shown."""

    def keep(self, job: Job, metrics: dict[str, float]) -> None:
        """Say that a job was done before."""
        self.start(job)
        self._left.finish(job, None)
        self._print('  as before')

    def finish(
        self, job: Job, metrics: dict[str, float], seconds: float
    ) -> None:
        """Say what came out."""
        self._left.finish(job, seconds)
        result = job.summary(metrics) or 'done'
        self._print(f'  {job.name}: {result} ({seconds:.0f} s)')

    def fail(self, job: Job, reason: str) -> None:
        """Say why a job failed, while others may go on."""
        self._print(f'  {job.name}: failed: {reason}')

    def say(self, line: str) -> None:
        """Say something else."""
        self._print(line)

    def _print(self, line: str) -> None:
        print(line, flush=True)


class _Row(NamedTuple):
    state: str = '[dim]waiting'
    result: str = ''
    seconds: float | None = None
    is_done: bool = False


class LiveTable:
    """A table on the terminal with a row for each job, which fills.

    Args:
        jobs: All jobs.
        slots: How many run at a time.
        console: The terminal.
    """

    def __init__(
        self, jobs: Sequence[Job], slots: int, console: Console
    ) -> None:
        self._rows = {job.name: _Row() for job in jobs}
        self._left = TimeLeft(jobs, slots)
        self._height = max(1, console.height - MARGIN)
        self._live = Live(
            console=console,
            get_renderable=self._render,
            refresh_per_second=2,
            # Jobs in this process write to their own log.
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow='visible',
        )

    def __enter__(self) -> 'LiveTable':
        """Show the table."""
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Leave all of it on the terminal."""
        self._height = len(self._rows)
        self._live.stop()

    def start(self, job: Job) -> None:
        """Show that a job runs."""
        self._rows[job.name] = _Row('starting')

    def move(self, job: Job, position: str) -> None:
        """Show how far it is."""
        self._rows[job.name] = _Row(escape(position))

    def keep(self, job: Job, metrics: dict[str, float]) -> None:
        """Show that a job was done before."""
        self._left.finish(job, None)
        result = job.summary(metrics)
        self._rows[job.name] = _Row('as before', result, is_done=True)

    def finish(
        self, job: Job, metrics: dict[str, float], seconds: float
    ) -> None:
        """Show what came out."""
        self._left.finish(job, seconds)
        result = job.summary(metrics)
        self._rows[job.name] = _Row('done', result, seconds, is_done=True)

    def fail(self, job: Job, reason: str) -> None:
        """Show why a job failed, while others may go on."""
        self._rows[job.name] = _Row(f'[red]failed: {escape(reason)}')

    def say(self, line: str) -> None:
        """Say something else, above the table."""
        self._live.console.print(line, markup=False)

    def _render(self) -> Table:
        done = sum(row.is_done for row in self._rows.values())
        left = f', {self._left}' if str(self._left) else ''
        table = Table(caption=f'{done} of {len(self._rows)} done{left}')
        table.add_column('job')
        table.add_column('state')
        table.add_column('result', justify='right')
        table.add_column('seconds', justify='right')
        for name, row in self._visible():
            seconds = '' if row.seconds is None else f'{row.seconds:.1f}'
            table.add_row(escape(name), row.state, row.result, seconds)
        return table

    def _visible(self) -> list[tuple[str, _Row]]:
        """As many rows as fit, around the first that is not done."""
        rows = list(self._rows.items())
        first = next((i for i, (_, r) in enumerate(rows) if not r.is_done), 0)
        start = min(first - self._height // 2, len(rows) - self._height)
        return rows[max(0, start) :][: self._height]


def show_progress(jobs: Sequence[Job], slots: int) -> Lines | LiveTable:
    """A table on a terminal, lines where the output goes to a file."""
    # Of the stream as it is now: jobs in this process redirect theirs.
    console = Console(file=sys.stdout, highlight=False)
    if console.is_terminal:
        return LiveTable(jobs, slots, console)
    return Lines(jobs, slots)
