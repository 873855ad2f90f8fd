"""Names that systems write in more than one way."""

import os
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

DEFAULT_SUFFIX = '.mp4'  # of a list without suffixes, as in MMAction2
STORE_SUFFIX = '.zip'  # of the decoded frames of a video, behind its name


def plain_name(name: str) -> str:
    """A file name as it is compared with others.

    Systems decompose letters with accents, or do not (NFD and NFC), and
    cameras write suffixes in capitals.
    """
    stem, suffix = os.path.splitext(name)
    if suffix == STORE_SUFFIX:
        return plain_name(stem) + suffix
    return unicodedata.normalize('NFC', stem) + suffix.lower()


def video_key(path: str, root: str = '') -> str:
    """What all spellings of a path have in common.

    ``./a.mp4``, ``b/../a.mp4`` and ``a.mp4`` are one video, and so are the
    spellings that :func:`find_spelled` knows.

    Args:
        path: From a list.
        root: The folder that it is below, if that is known; an absolute path
            is then compared with others as well.
    """
    path = os.path.normpath(os.path.join(root, path))
    if not path.isascii():
        path = unicodedata.normalize('NFC', path)
    stem, suffix = os.path.splitext(path)
    return stem + (suffix.lower() or DEFAULT_SUFFIX)


def same_video(
    paths: Sequence[str], root: str | Path | None = None
) -> list[int]:
    """For each path the place of the first one that is the same video.

    Paths that differ only in how they are spelled are the same, unless
    there is a file for each.
    """
    first: dict[str, int] = {}
    places = []
    folder = '' if root is None else os.path.abspath(root)
    for place, path in enumerate(paths):
        known = first.setdefault(video_key(path, folder), place)
        if known != place and _are_two(paths[known], path, root):
            known = first.setdefault(path, place)
        places.append(known)
    return places


def _are_two(one: str, other: str, root: str | Path | None) -> bool:
    if one == other or root is None:
        return False
    try:
        return not os.path.samefile(
            os.path.join(root, one), os.path.join(root, other)
        )
    except (OSError, ValueError):  # one of them is not there, or no path
        return False


def find_file(path: str | Path) -> str | None:
    """The file of a path, as it is or spelled otherwise, if there is one."""
    if os.path.isfile(path):
        return str(path)
    return find_spelled('.', str(path))


def find_spelled(root: str, path: str) -> str | None:
    """The one file whose path is spelled otherwise, if there is one.

    A path without a suffix means an MP4 if there is no such file, and a frame
    store stands for its video.

    Args:
        root: The folder that the path is below.
        path: From a list.
    """
    path = Path(os.path.normpath(path))
    place = path.anchor or root
    *folders, name = path.relative_to(path.anchor).parts or ['']
    for part in folders:
        up = os.path.join(place, part) if part == os.pardir else None
        place = up or _find(place, part)
        if place is None:
            return None
    names = [name]
    if not os.path.splitext(name)[1]:
        names.append(name + DEFAULT_SUFFIX)
    names += [name + STORE_SUFFIX for name in names]
    found = (_find(place, name) for name in names)
    return next(
        (file for file in found if file and os.path.isfile(file)), None
    )


def _find(folder: str, name: str) -> str | None:
    """What is called so in a folder, or nearly so if that is one alone."""
    names = _listing(os.path.abspath(folder)).get(plain_name(name), ())
    if name in names:
        return os.path.join(folder, name)
    return os.path.join(folder, names[0]) if len(names) == 1 else None


@lru_cache(maxsize=256)
def _listing(folder: str) -> dict[str, tuple[str, ...]]:
    """The names in a folder by their plain ones."""
    names: dict[str, tuple[str, ...]] = {}
    try:
        for name in sorted(os.listdir(folder)):
            plain = plain_name(name)
            names[plain] = names.get(plain, ()) + (name,)
    except (OSError, ValueError):  # it may not be read, or is none
        pass
    return names
