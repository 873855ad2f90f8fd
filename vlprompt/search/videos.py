"""The videos below a folder, and whether they have changed."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vlprompt.clips.find_sources import find_sources
from vlprompt.errors import UserError

BLOCK = 1 << 20


class VideoFile(NamedTuple):
    """A video, and what it was when it was indexed.

    Attributes:
        path: Relative to the root, with ``/`` on all systems.
        mtime: When it was changed last, in nanoseconds.
        size: Bytes.
        content: A hash of all bytes; empty before it is known.
    """

    path: str
    mtime: int
    size: int
    content: str = ''


def list_videos(root: str | Path) -> list[VideoFile]:
    """All videos below a folder, sorted by their paths.

    Raises:
        UserError: If there is no such folder, or no video below it.
    """
    root = Path(root)
    if not root.is_dir():
        raise UserError(f'{root} is not a folder of videos')
    found = []
    for source in find_sources(root):
        facts = os.stat(source.file)
        path = Path(source.file).relative_to(root).as_posix()
        found.append(VideoFile(path, facts.st_mtime_ns, facts.st_size))
    return sorted(found)


def hash_file(path: str | Path) -> str:
    """A hash of the contents of a file."""
    digest = hashlib.blake2b(digest_size=16)
    with open(path, 'rb') as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


class Unchanged:
    """Tells whether an indexed video is the file that is there now.

    It is if size and time of change are the same, or if the contents are.

    Args:
        root: The folder.
        videos: What is there now.
        hash_of: Hashes a file.
    """

    def __init__(
        self,
        root: Path,
        videos: list[VideoFile],
        hash_of: Callable[[Path], str] = hash_file,
    ) -> None:
        self._root = root
        self._videos = {video.path: video for video in videos}
        self._hash_of = hash_of
        self._known: dict[str, str] = {}

    def __call__(self, indexed: VideoFile) -> bool:
        """Whether it is."""
        now = self._videos.get(indexed.path)
        if now is None or now.size != indexed.size:
            return False
        return now.mtime == indexed.mtime or (
            self._content(now.path) == indexed.content
        )

    def _content(self, path: str) -> str:
        if path not in self._known:
            try:
                self._known[path] = self._hash_of(self._root / path)
            except OSError:  # it can no longer be read
                self._known[path] = 'unreadable'
        return self._known[path]
