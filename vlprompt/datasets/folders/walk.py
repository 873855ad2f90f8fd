"""What lies in a folder, without what systems and programs hide there."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..readers.suffixes import IMAGES, VIDEOS

NOT_THE_USERS = ('__MACOSX', '@eaDir', 'lost+found', '$RECYCLE.BIN')


class Found(NamedTuple):
    """The files of a folder and of those below it.

    Attributes:
        videos: Paths relative to the folder, with slashes, sorted.
        images: How many images there are.
        others: How many other files there are.
    """

    videos: tuple[str, ...]
    images: int
    others: int


def is_hidden(name: str) -> bool:
    """Whether a file or a folder is none that a user has put there."""
    return name.startswith('.') or name in NOT_THE_USERS


def folders_in(folder: Path) -> list[str]:
    """The names of the folders in a folder, sorted."""
    return sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.is_dir() and not is_hidden(entry.name)
    )


def loose_videos(folder: Path) -> list[str]:
    """The names of the videos directly in a folder, sorted."""
    return sorted(
        entry.name
        for entry in os.scandir(folder)
        if not is_hidden(entry.name)
        and Path(entry.name).suffix.lower() in VIDEOS
        and not entry.is_dir()
    )


def find_below(folder: Path) -> Found:
    """All files below a folder; links are followed, each folder read once."""
    videos, images, others = [], 0, 0
    for name in _files(folder):
        suffix = os.path.splitext(name)[1].lower()
        if suffix in VIDEOS:
            videos.append(Path(name).relative_to(folder).as_posix())
        elif suffix in IMAGES:
            images += 1
        else:
            others += 1
    return Found(tuple(sorted(videos)), images, others)


def _files(folder: Path) -> Iterator[str]:
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(n for n in folders if not is_hidden(n))
        yield from (os.path.join(place, n) for n in names if not is_hidden(n))
