"""Which clips were cut from one recording, by the names of their files."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from .layout import FolderVideo

# What a name has after that of its source.
CUTS = (
    re.compile(r'(.*_g\d+)_c\d+'),  # UCF101
    re.compile(r'(.+)_[fuhl]_(?:cm|nm)_np\d+_\w{2}_\w{3}_\d+'),  # HMDB-51
    re.compile(r'([\w-]{11})_\d{6}_\d{6}'),  # Kinetics
    re.compile(r'(.+?)[ _-]+t?[\d.:]+s?(?:[_-]|[ ]?to[ ]?)t?[\d.:]+s?'),
    re.compile(
        r'(.+?)[ _.-]*(?:clip|part|pt|scene|seg|segment|chunk|cut|shot)'
        r'[ _.-]*\d+',
        re.IGNORECASE,
    ),
    re.compile(r'(.+?)[ _-]+t\d+'),
)
# May also be what tells the videos of a class apart.
NUMBER = re.compile(r'(.+?)(?:[ _-]+\d{1,4}| ?\(\d{1,3}\))')
# Names of cameras and programs: they say nothing of the recording.
GENERIC = {
    'a', 'b', 'c', 'cam', 'camera', 'clip', 'd', 'dji', 'dsc', 'dscn', 'file',
    'frame', 'gopr', 'gopro', 'gx', 'image', 'img', 'mov', 'movie', 'mvi',
    'output', 'part', 'pxl', 'recording', 'sample', 'scene', 'screen', 'seg',
    'test', 'train', 'training', 'v', 'val', 'vid', 'video', 'videos', 'vlc',
    'whatsapp', 'x', 'y', 'z',
}  # fmt: skip
LETTERS = re.compile(r'[^\W\d_]+')


def find_sources_of(
    videos: Sequence[FolderVideo], folders: Sequence[str]
) -> list[str]:
    """The source of each video; those of one recording have the same.

    They are what stands before a cut in names as UCF101
    (``v_Archery_g01_c02``), HMDB-51, Kinetics (``id_000010_000020``) and
    programs that cut videos (``talk_t0-10``, ``talk_part2``, ``talk_001``)
    write them.  A name that says no more than the class or the camera
    (``archery_001``, ``IMG_001``), or that all videos of a class have, is
    none of a source.  Folders in the folder of a class are sources, if there
    are several.

    Args:
        videos: Of a folder.
        folders: The names of the folders of the classes.
    """
    found = [_source_of(video, folders[video.label]) for video in videos]
    by_class: dict[int, set[str]] = defaultdict(set)
    for video, source in zip(videos, found, strict=True):
        by_class[video.label].add(source.key)
    return [
        source.key
        if source.is_sure or len(by_class[video.label]) > 1
        else _own(video)
        for video, source in zip(videos, found, strict=True)
    ]


class _Source(NamedTuple):
    key: str
    is_sure: bool = True


def _source_of(video: FolderVideo, folder: str) -> _Source:
    parts = PurePosixPath(video.path).parts
    below = parts[-1:]  # of a list, which may know no folder of the class
    if folder in parts[:-1]:
        below = parts[parts.index(folder) + 1 :]
    if len(below) > 1:
        tells = _tells(below[0], folder)
        name = below[0] if tells else f'{folder}/{below[0]}'
        return _Source(_plain(name), False)
    stem = PurePosixPath(below[0]).stem
    for cut in CUTS:
        found = cut.fullmatch(stem)
        if found:
            return _Source(_key(found[1], folder) or _own(video))
    found = NUMBER.fullmatch(stem)
    key = _key(found[1] if found else stem, folder)
    return _Source(key or _own(video), False)


def _key(name: str, folder: str) -> str:
    """A source without the class; nothing for what is none."""
    if not _tells(name, folder):
        return ''
    name = _plain(name)
    for end in {_plain(folder), _plain(folder).replace(' ', '_')}:
        name = name.removesuffix('_' + end)
    return name


def _tells(name: str, folder: str) -> bool:
    """Whether there is more in a name than the class, a camera, a number."""
    if re.search(r'_g\d+$', name):
        return True
    words = LETTERS.findall(_plain(name))
    known = GENERIC | set(LETTERS.findall(_plain(folder)))
    joined = ''.join(LETTERS.findall(_plain(folder)))
    return any(word not in known and word != joined for word in words)


def _own(video: FolderVideo) -> str:
    return unicodedata.normalize('NFC', video.path)


def _plain(name: str) -> str:
    return unicodedata.normalize('NFC', name).casefold()
