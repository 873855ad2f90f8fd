"""Videos that two lists share."""

import os
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple


class ListOverlap(NamedTuple):
    """How many videos two lists share, of how many, and the first of them."""

    shared: int
    train: int
    val: int
    first: list[str]


def count_overlap(train: Any, val: Any, shown: int = 3) -> ListOverlap:
    """Count the videos of one list that are in another one as well.

    Two videos are the same if they are at the same path, or have the same
    name in different folders; a name that a list uses for several videos
    (``0001.mp4`` in each folder) tells nothing.

    Args:
        train: A data set of MMEngine, a wrapper of some, or paths.
        val: Another one.
        shown: How many shared videos are named.

    Returns:
        Numbers of different videos; the names are in the order of ``val``.
    """
    train, val = _paths(train), _paths(val)
    known, names = set(train), _by_name(train)
    own = _by_name(val)

    def is_known(path: str) -> bool:
        name = os.path.basename(path)
        return path in known or len(names[name]) == len(own[name]) == 1

    shared = [path for path in val if is_known(path)]
    first = [os.path.basename(path) for path in shared[:shown]]
    return ListOverlap(len(shared), len(train), len(val), first)


def _by_name(paths: Sequence[str]) -> dict[str, list[str]]:
    names = defaultdict(list)
    for path in paths:
        names[os.path.basename(path)].append(path)
    return names


def _paths(videos: Any) -> list[str]:
    """The different paths of a data set, of what it wraps, or of a list."""
    if hasattr(videos, 'datasets') or hasattr(videos, 'dataset'):
        parts = getattr(videos, 'datasets', None) or [videos.dataset]
        paths = [path for part in parts for path in _paths(part)]
    elif hasattr(videos, 'get_data_info'):
        infos = map(videos.get_data_info, range(len(videos)))
        paths = [info['filename'] for info in infos if 'filename' in info]
    elif isinstance(videos, Sequence):
        paths = list(videos)
    else:
        paths = []
    return list(dict.fromkeys(map(os.path.normpath, paths)))
