"""A list of videos in place of a folder."""

import re
from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError

from ..lists.annotations import read_annotations
from ..lists.class_names import clean_names, read_class_list
from ..lists.labels import Labels
from ..lists.list_lines import BLANKS, read_header
from ..lists.text_files import read_lines, read_number
from ..readers.suffixes import VIDEOS
from .class_texts import distinct_texts, in_words
from .layout import FolderVideo, VideoFolder

ENDS = '|'.join(re.escape(suffix) for suffix in sorted(VIDEOS))
LINE = re.compile(rf'"?(.+?(?:{ENDS}))"?[ \t]*[,;\t ][ \t]*"?([^"]+?)"?', re.I)


def read_listed(
    path: str | Path, classes: str | Sequence[str] | None = None
) -> VideoFolder:
    """Read a list of videos with their classes, ``path,name`` a line.

    Args:
        path: The list; its paths are relative to it, or absolute.
        classes: A class list, see :func:`read_class_list`, if the list has
            ids; its names are taken as they are.

    Raises:
        UserError: If the list has ids and no class list is given, a line is
            none of these, or there are no two classes.
    """
    path = Path(path)
    if classes is not None:
        return _with_classes(path, classes)
    rows = [_read_line(line, path) for line in _lines(path)]
    names = sorted({name for _, name in rows})
    if all(read_number(name) is not None for name in names):
        raise UserError(
            f'{path} has numbers for classes: --classes FILE says what they '
            'are'
        )
    labels = {name: label for label, name in enumerate(names)}
    videos = [(video, labels[name]) for video, name in rows]
    return _folder(path, [in_words(name) for name in names], names, videos)


def _with_classes(path: Path, classes: str | Sequence[str]) -> VideoFolder:
    written = read_class_list(classes)
    names = clean_names(written.names, 'none')
    videos = read_annotations(
        path, names, written.names, written.first_id, path.parent
    )
    return _folder(path, names, written.names, videos)


def _folder(
    path: Path,
    texts: Sequence[str],
    names: Sequence[str],
    videos: Sequence[tuple[str, int]],
) -> VideoFolder:
    if len({label for _, label in videos}) < 2:
        raise UserError(f'{path} has one class, expected two or more')
    found = [FolderVideo(video, label) for video, label in videos]
    texts = distinct_texts(texts, path.parent)
    return VideoFolder(path.parent, texts, tuple(names), found, [])


def _lines(path: Path) -> list[str]:
    lines = [text.strip(BLANKS) for text in read_lines(path)]
    lines = [text for text in lines if text]
    if lines and read_header(lines[0], Labels(None)) is not None:
        del lines[0]
    if not lines:
        raise UserError(f'the list {path} is empty')
    return lines


def _read_line(line: str, path: Path) -> tuple[str, str]:
    found = LINE.fullmatch(line)
    if found is None:
        raise UserError(
            f'{path}: {line[:200]!r}, expected "path,class" with the name of '
            'a video'
        )
    return found[1], found[2]
