"""What every executor does."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol


class JobFailed(Exception):
    """A command ended with an error; the message says which, in one line."""


class Call(NamedTuple):
    """A command to run.

    Attributes:
        name: Of its job.
        words: The command line after ``vlprompt``.
        log: The file that gets what the command prints.
        report: Is called with the position of the command whenever its log
            tells one, from any thread.
        alone: Whether it runs in one process, however many others have.
    """

    name: str
    words: Sequence[str]
    log: Path
    report: Callable[[str], None]
    alone: bool = False


class Executor(Protocol):
    """Runs commands, some at a time, between ``with`` and its end.

    Attributes:
        slots: How many commands it runs at a time.
    """

    slots: int

    def command(self, words: Sequence[str], alone: bool = False) -> list[str]:
        """The whole command line, as one would type it."""

    def submit(self, call: Call) -> Future[None]:
        """Run a command, maybe later.

        Returns:
            A future; its exception is :class:`JobFailed` if the command
            fails.
        """

    def cancel(self) -> None:
        """End what is running and start nothing more."""

    def __enter__(self) -> 'Executor':
        """Get ready."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what is running."""
