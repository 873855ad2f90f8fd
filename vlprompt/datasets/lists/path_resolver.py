"""Where listed videos lie on this disk."""

import os
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from .spelling import STORE_SUFFIX, find_spelled, plain_name

# A folder with more below it is not searched: extracted frames, or a root
# that is not a folder of videos.
MAX_ENTRIES = 2_000_000


class ResolvedPaths(NamedTuple):
    """Where the paths of a list were found.

    ``files`` has one file for each path, in their order; the literal one if
    none was found.  ``moved`` has the file of each path that was found by
    its name, ``ambiguous`` all files of each path that has several;
    ``missing`` are the paths without any.
    """

    files: list[str]
    moved: dict[str, str]
    missing: list[str]
    ambiguous: dict[str, list[str]]


class PathResolver:
    """Finds listed videos below a folder, by name where a path is not there.

    Lists are flat where archives unpack into a folder per class (UCF101), or
    name folders of their author's disk (the zero-shot lists of Kinetics-600).
    A frame store, with ``.zip`` behind the name, stands for its video.

    Names may differ in how letters with accents are written, and in capitals
    of the suffix.

    No video is looked at by itself: each folder that a list names is read
    once, and only if a path is missing there are the names of all files
    below the root read, once per process.  A name says which video is meant
    only if it is the only one of the list.

    Args:
        root: The folder that the paths are below.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> video = 'val_red_star_blinking_000.mp4'
        >>> found = PathResolver('data/toy').resolve([video])
        >>> found.files
        ['...data/toy/videos/val_red_star_blinking_000.mp4']
    """

    def __init__(self, root: str | Path) -> None:
        self.root = str(root)

    def resolve(self, paths: Sequence[str]) -> ResolvedPaths:
        """Find the file of each path."""
        absent = _absent(self.root, dict.fromkeys(paths))
        stores, absent = self._stores(absent)
        found = self._spelled(absent, paths)
        absent = [path for path in absent if path not in found]
        moved, ambiguous = self._search(absent, paths) if absent else ({}, {})
        found |= moved
        here = {**stores, **found}
        files = [here.get(p, os.path.join(self.root, p)) for p in paths]
        lost = [p for p in absent if p not in found and p not in ambiguous]
        return ResolvedPaths(files, found, lost, ambiguous)

    def _stores(self, absent: list[str]) -> tuple[dict[str, str], list[str]]:
        """Frame stores of absent videos, and the videos without one."""
        without = set(
            _absent(self.root, [path + STORE_SUFFIX for path in absent])
        )
        left = [path for path in absent if path + STORE_SUFFIX in without]
        stores = {
            path: os.path.join(self.root, path + STORE_SUFFIX)
            for path in absent
            if path + STORE_SUFFIX not in without
        }
        return stores, left

    def _spelled(
        self, absent: list[str], paths: Sequence[str]
    ) -> dict[str, str]:
        """Files of absent paths that are only spelled otherwise."""
        found = {path: find_spelled(self.root, path) for path in absent}
        # A file that two paths of the list could mean is that of none.
        uses = Counter(file for file in found.values() if file)
        uses.update(os.path.join(self.root, path) for path in set(paths))
        return {path: file for path, file in found.items() if uses[file] == 1}

    def _search(
        self, absent: list[str], paths: Sequence[str]
    ) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Paths with one file of their name, and with several."""
        uses = Counter(map(_plain, dict.fromkeys(paths)))
        suffixes = {os.path.splitext(path)[1].lower() for path in absent}
        # The same name may be another folder after a change of directory.
        root = os.path.abspath(self.root)
        index = index_folder(root, tuple(sorted(suffixes)))
        found, ambiguous = {}, {}
        for path in absent:
            plain = _plain(path)
            if uses[plain] > 1 or plain not in index:
                continue
            name = os.path.basename(path)
            same = [f for f in index[plain] if os.path.basename(f) == name]
            files = same or list(index[plain])
            # Two names may be links to one file.
            if len(files) == 1 or len(set(map(os.path.realpath, files))) == 1:
                found[path] = files[0]
            else:
                ambiguous[path] = files
        return found, ambiguous


def _plain(path: str) -> str:
    return plain_name(os.path.basename(path))


def _absent(root: str, paths: Iterable[str]) -> list[str]:
    """The paths that are not there, from one listing of each folder."""
    wanted = defaultdict(list)
    for path in paths:
        wanted[os.path.dirname(path)].append(path)
    absent = []
    for folder, members in wanted.items():
        place = os.path.join(root, folder)
        try:
            names = set(os.listdir(place))
        except PermissionError:  # may be entered, but not listed
            names = {
                os.path.basename(path)
                for path in members
                if os.path.exists(os.path.join(root, path))
            }
        except (OSError, ValueError):  # there is none, or cannot be one
            names = set()
        absent += [p for p in members if os.path.basename(p) not in names]
    return absent


@lru_cache(maxsize=8)
def index_folder(
    root: str, suffixes: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """The files below a folder by their names, see :func:`plain_name`.

    Links to folders are followed, each folder is read once.  The result is
    kept for the process; ``index_folder.cache_clear()`` forgets it.

    Args:
        root: The folder.
        suffixes: Of the files that count, in lower case.

    Returns:
        Nothing if there are more than ``MAX_ENTRIES`` files and folders.
    """
    index: dict[str, tuple[str, ...]] = {}
    queue, seen, left = deque([root]), set(), MAX_ENTRIES
    while queue:
        folder = queue.popleft()
        names, below = _read_folder(folder, seen)
        left -= len(names) + len(below)
        if left < 0:
            return {}
        queue += below
        for name in names:
            plain = plain_name(name)
            if os.path.splitext(plain)[1] in suffixes:
                file = os.path.join(folder, name)
                index[plain] = index.get(plain, ()) + (file,)
    return index


def _read_folder(folder: str, seen: set) -> tuple[list[str], list[str]]:
    """Names of the files in a folder, and the folders in it."""
    names, below = [], []
    try:
        status = os.stat(folder)
        place = status.st_dev, status.st_ino
        if place in seen:
            return names, below
        seen.add(place)
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    below.append(entry.path)
                else:
                    names.append(entry.name)
    except OSError:  # it may not be read, or has just gone
        pass
    return names, sorted(below)
