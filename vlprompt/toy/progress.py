"""What a long command shows: live bars on a terminal, lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

SECONDS = 5.0  # between two lines


class Stage:
    """How far one stage is.

    Args:
        bars: What keeps the time.
        name: Of the stage.
        unit: What it counts.
    """

    def __init__(self, bars: Progress, name: str, unit: str) -> None:
        self.name = name
        self._bars = bars
        self._id = bars.add_task(name, total=None, unit=unit)

    def expect(self, total: int) -> None:
        """Say how many units there are."""
        self._bars.update(self._id, total=total)

    def advance(self, count: int = 1) -> None:
        """Say that some more are done."""
        self._bars.advance(self._id, count)

    def finish(self) -> None:
        """Stop the clock."""
        self._bars.stop_task(self._id)

    def line(self) -> str:
        """``'train: 20 of 180 iterations, 0:00:14 gone, 0:01:52 left'``."""
        (task,) = (t for t in self._bars.tasks if t.id == self._id)
        gone = f'{_clock(task.elapsed or 0)} gone'
        if task.total is None:
            return f'{task.description}: {gone}'
        done = f'{task.completed:.0f} of {task.total:.0f}'
        text = f'{task.description}: {done} {task.fields["unit"]}, {gone}'
        if task.time_remaining is None:
            return text
        return f'{text}, {_clock(task.time_remaining)} left'


class Display:
    """Shows the stages of a command, one after the other.

    Args:
        console: Where to.  If it is a terminal each stage has a live bar,
            otherwise it prints a line when it begins, every five seconds
            and when it ends.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bars = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn('{task.fields[unit]},'),
            TimeElapsedColumn(),
            TextColumn('gone,'),
            TimeRemainingColumn(elapsed_when_finished=False),
            TextColumn('left'),
            console=console,
            refresh_per_second=4,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    @contextmanager
    def live(self) -> Iterator[None]:
        """Keep the bars of all stages on the terminal, if it is one."""
        if not self.console.is_terminal:
            yield
            return
        with self._bars:
            yield

    def say(self, text: str) -> None:
        """Print a line, above the bars."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def stage(self, name: str, unit: str) -> Iterator[Stage]:
        """Show a stage while it lasts."""
        stage = Stage(self._bars, name, unit)
        shown = nullcontext if self.console.is_terminal else self._lines
        with shown(stage):
            yield stage
        stage.finish()

    @contextmanager
    def _lines(self, stage: Stage) -> Iterator[None]:
        begin, ended = time.perf_counter(), Event()
        reporter = Thread(target=self._report, args=(stage, ended))
        self.say(f'{stage.name} ...')
        reporter.start()
        try:
            yield
        finally:
            ended.set()
            reporter.join()
        self.say(f'{stage.name}: {time.perf_counter() - begin:.1f} s')

    def _report(self, stage: Stage, ended: Event) -> None:
        while not ended.wait(SECONDS):
            self.say(stage.line())


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f'{minutes}:{seconds:02d}'
