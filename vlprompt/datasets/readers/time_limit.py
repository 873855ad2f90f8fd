"""Giving up on what does not return."""

import time
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

SECONDS = 60.0  # for a file, if nothing else is said
GRACE = 1.0  # for work that notices by itself

Result = TypeVar('Result')


class TimeLimit:
    """Lets work take only so long, even if it never comes back.

    The work is done in a thread.  FFmpeg's functions leave Python's lock, so
    whoever waits can go on when one of them does not return; the thread is
    then left to itself, and ends with the process.  Without a limit the work
    is done where it is asked for.

    Args:
        seconds: How long; None for as long as it takes.
    """

    def __init__(self, seconds: float | None = SECONDS) -> None:
        self.seconds = seconds
        self._end = float('inf')
        self._is_lost = False

    def run(self, work: Callable[[], Result]) -> Result:
        """What the work returns or raises.

        Raises:
            TimeoutError: If it takes longer.
        """
        if self._is_lost:
            raise self._error()
        if self.seconds is None:
            return work()
        results: list[Result] = []
        errors: list[BaseException] = []

        def attempt() -> None:
            try:
                results.append(work())
            except BaseException as error:  # raised where it is waited for
                errors.append(error)

        self._end = time.monotonic() + self.seconds
        thread = Thread(target=attempt, name='reading a video', daemon=True)
        thread.start()
        thread.join(self.seconds + GRACE)
        for error in errors:
            raise error
        if not results:
            self._is_lost = True  # the thread may still hold what it uses
            raise self._error()
        return results[0]

    def check(self) -> None:
        """Notice that it has taken too long; to be called by the work.

        Raises:
            TimeoutError: If so.
        """
        if time.monotonic() > self._end:
            raise self._error()

    def _error(self) -> TimeoutError:
        return TimeoutError(f'not read within {self.seconds:g} s')
