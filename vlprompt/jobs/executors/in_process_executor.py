"""Jobs in this process."""

import io
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import redirect_stderr, redirect_stdout
from typing import TextIO

from vlprompt.cli.child import command_line

from ..logs import failure, position
from .executor import Call, JobFailed


class InProcessExecutor:
    """Runs jobs here, one by one, without the start of an interpreter.

    They leave no state behind, see :func:`isolated`.
    """

    slots = 1

    def command(self, words: Sequence[str], alone: bool = False) -> list[str]:
        """The command line that does the same."""
        return command_line(words)

    def submit(self, call: Call) -> Future[None]:
        """Run a command now."""
        future: Future[None] = Future()
        try:
            _run(call)
        except JobFailed as error:
            future.set_exception(error)
        else:
            future.set_result(None)
        return future

    def cancel(self) -> None:
        """Nothing is running while this is called."""

    def __enter__(self) -> 'InProcessExecutor':
        """Nothing to do."""
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to do."""


def _run(call: Call) -> None:
    from vlprompt.cli.dispatch import start
    from vlprompt.user_messages import error_line

    from .isolation import isolated

    with call.log.open('w') as file:
        log = _Log(file, call.report)
        with redirect_stdout(log), redirect_stderr(log), isolated():
            try:
                start(call.words)
            except SystemExit as error:
                code = error.code
            except Exception as error:
                line = error_line(error)
                if line is None:
                    traceback.print_exc()
                else:
                    print(f'error: {line}')
                code = 1
            else:
                code = 0
    if code:
        raise JobFailed(failure(call.log))


class _Log(io.TextIOBase):
    """A file that reports the position whenever a line tells it."""

    def __init__(self, file: TextIO, report: Callable[[str], None]) -> None:
        self.file = file
        self.report = report

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if place := position(text):
            self.report(place)
        return self.file.write(text)

    def flush(self) -> None:
        if not self.file.closed:
            self.file.flush()
