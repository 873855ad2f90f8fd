"""What frames can be read from."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO, NamedTuple

from vlprompt.datasets.readers.array_reader import ArrayReader
from vlprompt.datasets.readers.open_reader import open_reader

from .downloads import downloaded, saved


class Frames(NamedTuple):
    """Frames in memory, as an input.

    Attributes:
        frames: (T, H, W, 3) uint8 RGB, of NumPy or torch, or a list of
            (H, W, 3) ones.
        fps: Frames for each second; windows need it.
        name: What predictions call it.

    Example:
        >>> import numpy as np
        >>> clip = Frames(np.zeros((8, 48, 64, 3), 'uint8'), fps=25)
        >>> clip.name
        'frames'
    """

    frames: Any
    fps: float = 0
    name: str = 'frames'


class Source(NamedTuple):
    """Something that can be opened and has frames.

    Attributes:
        name: What predictions and errors call it.
        open: Opens it: a context with a reader, like :class:`VideoReader`.
        file: Where it lies, if it is a file as the user named it.
    """

    name: str
    open: Callable[[], AbstractContextManager[Any]]
    file: str | None = None


def file_source(path: str) -> Source:
    """A file, which is opened when its turn has come."""

    @contextmanager
    def opened() -> Iterator[Any]:
        yield open_reader(path)

    return Source(path, opened, path)


def url_source(address: str) -> Source:
    """A file of the web, which is downloaded when its turn has come."""

    @contextmanager
    def opened() -> Iterator[Any]:
        with downloaded(address) as path:
            yield open_reader(path)

    return Source(address, opened)


def array_source(given: Frames) -> Source:
    """Frames in memory."""

    @contextmanager
    def opened() -> Iterator[Any]:
        yield ArrayReader(given.frames, given.fps)

    return Source(given.name, opened)


def bytes_source(content: bytes | BinaryIO, name: str) -> Source:
    """What a file holds, or a file that is open."""

    @contextmanager
    def opened() -> Iterator[Any]:
        with saved(content) as path:
            yield open_reader(path)

    return Source(name, opened)
