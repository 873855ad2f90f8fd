"""From what a user names to what can be opened."""

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from vlprompt.datasets.folders.walk import find_below
from vlprompt.datasets.lists.labels import Labels
from vlprompt.datasets.lists.list_lines import read_line
from vlprompt.datasets.lists.spelling import find_file
from vlprompt.datasets.lists.text_files import read_lines
from vlprompt.datasets.readers.suffixes import IMAGES
from vlprompt.errors import UserError

from .sources import (
    Frames,
    Source,
    array_source,
    bytes_source,
    file_source,
    url_source,
)

LISTS = ('.txt', '.csv')
COLUMNS = ('path', 'file', 'filename', 'video', 'video_path', 'url')
WEB = ('http://', 'https://')
STREAMS = ('rtsp://', 'rtsps://', 'rtmp://', 'udp://', 'rtp://', 'srt://')


def find_sources(inputs: Any) -> list[Source]:
    """The videos that are meant, in the order in which they are named.

    Args:
        inputs: One of these, or several: the path of a video; a folder, for
            all videos below it, sorted; a list, ``.txt`` with a path a line
            or ``.csv`` with a column of paths, relative to the list or to
            the working folder; an address, ``https://...``; an array of
            frames or :class:`Frames`; the bytes of a file, or an open file.

    Raises:
        UserError: If a folder or a list has no videos, or something else is
            given.  A file that is missing is found out when it is opened.
    """
    if _is_one(inputs) or not isinstance(inputs, Iterable):
        inputs = [inputs]
    sources = [source for given in inputs for source in _find(given)]
    if not sources:
        raise UserError('no videos given')
    return sources


def _is_one(inputs: Any) -> bool:
    """Whether it is one input, not several."""
    single = (str, Path, bytes, Frames, Source)
    if isinstance(inputs, single) or hasattr(inputs, 'read'):
        return True
    if hasattr(inputs, 'ndim'):
        return inputs.ndim == 4
    return isinstance(inputs, list | tuple) and _are_frames(inputs)


def _are_frames(inputs: Iterable) -> bool:
    shapes = [getattr(item, 'ndim', None) for item in inputs]
    return bool(shapes) and set(shapes) == {3}


def _find(given: Any) -> Iterator[Source]:
    if isinstance(given, Source):
        yield given
    elif isinstance(given, Frames):
        yield array_source(given)
    elif isinstance(given, bytes):
        yield bytes_source(given, f'{len(given)} bytes')
    elif hasattr(given, 'read'):
        yield bytes_source(given, str(getattr(given, 'name', 'a file')))
    elif isinstance(given, str | Path):
        yield from _find_named(str(given))
    elif hasattr(given, '__len__'):
        yield array_source(Frames(given))
    else:
        raise UserError(
            f'got {type(given).__name__}: expected the path of a video, an '
            'address, or frames'
        )


def _find_named(name: str) -> Iterator[Source]:
    path = Path(name)
    if name.startswith(WEB):
        yield url_source(name)
    elif name.startswith(STREAMS):
        raise UserError(f'{name} is a stream: --camera {name} watches it')
    elif path.suffix.lower() in IMAGES:
        raise UserError(f'{name} is an image, not a video')
    elif os.path.isdir(path):  # Path.is_dir() raises for a long name
        yield from _below(path)
    elif path.suffix.lower() in LISTS and os.path.isfile(path):
        yield from _listed(path)
    else:
        yield file_source(find_file(name) or name)


def _below(folder: Path) -> Iterator[Source]:
    found = find_below(folder)
    if not found.videos:
        there = f'{found.others} other files'
        if found.images:
            there = f'{found.images} images'
        raise UserError(f'no videos below {folder}, {there}')
    yield from (file_source(str(folder / video)) for video in found.videos)


def _listed(path: Path) -> Iterator[Source]:
    lines = [line.strip() for line in read_lines(path)]
    lines = [line for line in lines if line and not line.startswith('#')]
    is_table = path.suffix.lower() == '.csv'
    names = _column(lines, path) if is_table else lines
    if not names:
        raise UserError(f'the list {path} is empty')
    for name in names:
        if name.startswith(WEB):
            yield url_source(name)
        else:
            yield file_source(_place(name, path.parent))


def _column(lines: list[str], path: Path) -> list[str]:
    """The paths of a table: a column that is named so, or the first."""
    try:
        rows = list(csv.reader(lines, skipinitialspace=True))
    except csv.Error as error:
        raise UserError(f'{path} is not a CSV table: {error}') from error
    if not rows:
        return []
    header = [name.strip().lower() for name in rows[0]]
    named = [header.index(name) for name in COLUMNS if name in header]
    rows = rows[1:] if named else rows
    column = named[0] if named else 0
    short = [row for row in rows if len(row) <= column]
    if short:
        raise UserError(f'{path}: {short[0]} has no column {column + 1}')
    return [row[column].strip() for row in rows]


def _place(name: str, folder: Path) -> str:
    """The file that a line of a list means.

    A label behind the path, as lists for training have it, is left out.
    """
    names = [name]
    with suppress(UserError):  # of lines without a label
        names.append(read_line(name, Labels(None), '')[0])
    for candidate in names:
        for place in (folder / candidate, candidate):
            file = find_file(place)
            if file is not None:
                return file
    return str(folder / names[-1])
