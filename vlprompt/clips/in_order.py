"""Reading several sources at once, and getting them in order."""

import queue
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from vlprompt.datasets.readers.decode_errors import reason, unreadable
from vlprompt.errors import UserError

from .sources import Source

AHEAD = 4  # items of a source that wait to be taken
PATIENCE = 0.2  # seconds until a thread looks whether it is still needed


class Broken(NamedTuple):
    """A source that cannot be read, or read on.

    Attributes:
        name: Of the source.
        reason: In words.
        error: What was raised.
    """

    name: str
    reason: str
    error: Exception

    def line(self) -> str:
        """One line for the user."""
        if self.reason == 'no such file':
            return f'no video at {self.name}'
        return f'cannot read {self.name} ({self.reason})'


OnError = str | Callable[[Broken], Any]


def handle(broken: Broken, on_error: OnError) -> None:
    """Do with a source that cannot be read what was asked for.

    Args:
        broken: The source.
        on_error: ``'stop'``, ``'skip'`` with a warning, or a function that
            is called with it.

    Raises:
        UserError: To stop.
    """
    if callable(on_error):
        on_error(broken)
    elif on_error == 'skip':
        warnings.warn(f'skipped: {broken.line()}', stacklevel=2)
    elif on_error == 'stop':
        raise UserError(broken.line()) from broken.error
    else:
        raise UserError(f"on_error={on_error!r}, expected 'stop' or 'skip'")


def read_in_order(
    sources: Iterable[Source],
    read: Callable[[Source], Iterator[Any]],
    num_workers: int = 0,
) -> Iterator[Any]:
    """What is read of each source, one source after the other.

    Args:
        sources: In their order.
        read: Gives the items of a source.  It is called in threads: decoding
            leaves Python's lock; transforms wait for each other, see
            :class:`TestSteps`.
        num_workers: How many sources are read at the same time; with 0 no
            thread is started.

    Yields:
        The items of ``read``, and a :class:`Broken` where it fails.

    Raises:
        Exception: What ``read`` raises that is no sign of a broken file.
    """
    if num_workers < 1:
        for source in sources:
            yield from _attempt(source, read)
        return
    coming, running = iter(sources), deque()
    try:
        for source in islice(coming, num_workers):
            running.append(_Reading(source, read))
        while running:
            yield from running[0]
            running.popleft()
            for source in islice(coming, 1):
                running.append(_Reading(source, read))
    finally:
        for reading in running:
            reading.stop()


def _attempt(
    source: Source, read: Callable[[Source], Iterator[Any]]
) -> Iterator[Any]:
    try:
        yield from read(source)
    except (*unreadable(), UserError, IndexError) as error:
        text = str(error) if isinstance(error, UserError) else reason(error)
        yield Broken(source.name, text, error)


class _Reading:
    """A source that is read in a thread of its own.

    Iterating over it gives its items; only some of them wait.
    """

    def __init__(
        self, source: Source, read: Callable[[Source], Iterator[Any]]
    ) -> None:
        self._queue: queue.Queue = queue.Queue(AHEAD)
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(source, read), daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[Any]:
        """The items."""
        while True:
            kind, value = self._queue.get()
            if kind == 'item':
                yield value
            elif kind == 'error':
                raise value
            else:
                return

    def stop(self) -> None:
        """Read no more."""
        self._is_stopped.set()

    def _run(self, source: Source, read: Callable) -> None:
        try:
            for item in _attempt(source, read):
                if not self._put('item', item):
                    return
        except BaseException as error:  # raised where it is waited for
            self._put('error', error)
        else:
            self._put('end', None)

    def _put(self, kind: str, value: Any) -> bool:
        while not self._is_stopped.is_set():
            try:
                self._queue.put((kind, value), timeout=PATIENCE)
                return True
            except queue.Full:
                continue
        return False
