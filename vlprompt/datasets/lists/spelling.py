"""Names that systems write in more than one way."""

import os
import unicodedata
from functools import lru_cache
from pathlib import Path

DEFAULT_SUFFIX = '.mp4'  # of a list without suffixes, as in MMAction2


def plain_name(name: str) -> str:
    """A file name as it is compared with others.

    Systems decompose letters with accents, or do not (NFD and NFC), and
    cameras write suffixes in capitals.
    """
    stem, suffix = os.path.splitext(name)
    return unicodedata.normalize('NFC', stem) + suffix.lower()


def find_spelled(root: str, path: str) -> str | None:
    """The one file whose path is spelled otherwise, if there is one.

    A path without a suffix means an MP4 if there is no such file.

    Args:
        root: The folder that the path is below.
        path: From a list.
    """
    place = root
    *folders, name = Path(path).parts
    for part in folders:
        place = _find(place, part)
        if place is None:
            return None
    found = _find(place, name)
    if found is None and not os.path.splitext(name)[1]:
        found = _find(place, name + DEFAULT_SUFFIX)
    return found if found and os.path.isfile(found) else None


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
    except OSError:  # it may not be read, or is none
        pass
    return names
