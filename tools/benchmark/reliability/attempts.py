"""Cases in processes that may crash or hang."""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from .outcomes import Case, Finding, Outcome

FORK = multiprocessing.get_context('fork')  # all imports are done
Attempt = Callable[[Case], Finding]


class Worker:
    """A process that tries cases, with those that it starts itself.

    Args:
        attempt: Tries a case.
        seconds: In which a case must end.
    """

    def __init__(self, attempt: Attempt, seconds: float) -> None:
        self._attempt, self._seconds = attempt, seconds
        self.case: Case | None = None
        self._start()

    def _start(self) -> None:
        self.connection, theirs = FORK.Pipe()
        self._process = FORK.Process(
            target=_work, args=(self._attempt, theirs, self.connection)
        )
        self._process.start()
        theirs.close()

    def give(self, case: Case) -> None:
        """Have it try a case."""
        self.case, self._begin = case, time.monotonic()
        self.connection.send(case)

    @property
    def left(self) -> float:
        """Seconds that the case may still take."""
        return self._begin + self._seconds - time.monotonic()

    def take(self) -> tuple[Case, Finding, float] | None:
        """What came of its case, and seconds; None if it goes on."""
        if self.connection.poll():
            finding = self._receive()
        elif self.left <= 0:
            finding = Finding(
                Outcome.HUNG, f'not done within {self._seconds:g} s'
            )
            self.stop()
            self._start()
        else:
            return None
        case, self.case = self.case, None
        return case, finding, time.monotonic() - self._begin

    def _receive(self) -> Finding:
        try:
            return self.connection.recv()
        except (EOFError, OSError):  # it has ended
            self.stop()
            code = self._process.exitcode
            self._start()
            return Finding(Outcome.CRASHED, f'the process ended with {code}')

    def stop(self) -> None:
        """End it, and all that it has started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self._process.kill()
        self._process.join()
        self.connection.close()


def try_all(
    attempt: Attempt, cases: Sequence[Case], jobs: int, seconds: float
) -> Iterator[tuple[Case, Finding, float]]:
    """Try cases, some at a time.

    Args:
        attempt: Tries a case; an error that it raises ends its process, as
            a crash does.
        cases: The cases.
        jobs: How many at a time.
        seconds: In which each must end.

    Yields:
        A case, what came of it and the seconds it took.
    """
    left = deque(cases)
    workers = [Worker(attempt, seconds) for _ in range(min(jobs, len(cases)))]
    try:
        while left or any(worker.case for worker in workers):
            for worker in workers:
                if left and worker.case is None:
                    worker.give(left.popleft())
            busy = [worker for worker in workers if worker.case]
            patience = max(0.0, min(worker.left for worker in busy))
            wait([worker.connection for worker in busy], patience)
            for worker in busy:
                if found := worker.take():
                    yield found
    finally:
        for worker in workers:
            worker.stop()


def call(function: Callable[..., Any], *args: Any) -> None:
    """Call a function in a process of its own.

    Raises:
        RuntimeError: If it fails.
    """
    process = FORK.Process(target=function, args=args)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f'{function} ended with {process.exitcode}')


def _work(attempt: Attempt, connection: Connection, other: Connection) -> None:
    os.setsid()  # so that what it starts can be ended with it
    other.close()  # or the end of the parent would not be seen
    while True:
        try:
            case = connection.recv()
        except EOFError:
            return
        connection.send(attempt(case))
