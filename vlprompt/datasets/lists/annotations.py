"""Lists of videos with labels."""

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.errors import UserError, docs_url

from .labels import Labels
from .list_lines import BLANKS, read_header, read_line
from .spelling import same_video
from .text_files import read_lines


class LabelledVideo(NamedTuple):
    """A path below the video root, and its class."""

    path: str
    label: int


class ListLine(NamedTuple):
    """One line of a list: its number, what is written and what it means.

    ``is_id`` is whether the label is an id, not a name.
    """

    number: int
    text: str
    video: LabelledVideo
    is_id: bool = True


def read_annotations(
    ann_file: str | Path,
    class_names: Sequence[str],
    written_names: Sequence[str] = (),
    first_id: int = 0,
    root: str | Path = '',
) -> list[LabelledVideo]:
    """Read a list as :func:`read_list` does, and check it as a whole.

    A video that is there twice with its label stays so, with a warning, and
    so do ids that seem to start at 1.

    Args:
        ann_file: See there.
        class_names: See there.
        written_names: See there.
        first_id: See there.
        root: The folder that the paths are below.

    Raises:
        UserError: As there, or if a video has two different labels.
    """
    lines = read_list(ann_file, class_names, written_names, first_id)
    repeats = find_repeats(lines, root)
    for first, again in repeats:
        if first.video.label != again.video.label:
            raise UserError(
                f'{ann_file} lines {first.number} and {again.number}: '
                f'{both_paths(first, again)} has the labels '
                f'{first.video.label} and {again.video.label}, expected one'
            )
    if repeats:
        first, again = repeats[0]
        _warn(
            f'{ann_file} has {len(repeats)} lines with a video that an '
            f'earlier line has with the same label, first '
            f'{both_paths(first, again)} (lines {first.number} and '
            f'{again.number}); they are kept'
        )
    if misses_id_0(lines):
        _warn(
            f'{ann_file} never has id 0 ({class_names[0]!r}): ids start at 0 '
            'here; if those of the list start at 1, every label is wrong '
            f'({docs_url("data#lists")})'
        )
    return [line.video for line in lines]


def read_list(
    ann_file: str | Path,
    class_names: Sequence[str] | None = None,
    written_names: Sequence[str] = (),
    first_id: int = 0,
) -> list[ListLine]:
    """Read ``path label`` or ``path,label`` lines.

    The label is the last field, an id or a class name; paths may contain
    spaces and commas, empty lines are ignored.  The page of the documentation
    on lists has all rules.

    Args:
        ann_file: The list.
        class_names: The class names, in the order of the labels; None takes
            every id, and no names.
        written_names: The same before they were cleaned, which the list may
            use as well.
        first_id: The number that the class list gives its first class.

    Raises:
        UserError: If the file is missing or empty, or names the first line
            that is malformed, can be read in two ways, or has a label outside
            the class list.
    """
    path = Path(ann_file)
    if not os.path.isfile(path):
        raise UserError(
            f'no annotation file at {ann_file} ({docs_url("data#layout")} '
            'says how to get it)'
        )
    texts = [
        (number, text)
        for number, text in enumerate(read_lines(path), 1)
        if text.strip(BLANKS)
    ]
    labels = Labels(class_names, written_names, first_id)
    header = read_header(texts[0][1], labels) if texts else None
    if header is not None:
        labels.kind = header or None
        del texts[0]
    if not texts:
        only = ' but for its header' if header is not None else ''
        raise UserError(f'the annotation file {ann_file} is empty{only}')
    lines = []
    for number, text in texts:
        video, label = read_line(text, labels, f'{ann_file} line {number}')
        video = LabelledVideo(video, label.value)
        lines.append(ListLine(number, text, video, label.is_id))
    return _count_from_0(lines, labels, ann_file)


def header_of(ann_file: str | Path) -> list[str]:
    """The header of a list as a line, or nothing."""
    texts = [text for text in read_lines(Path(ann_file)) if text.strip(BLANKS)]
    known = texts and read_header(texts[0], Labels(None)) is not None
    return texts[:1] if known else []


def misses_id_0(lines: Iterable[ListLine]) -> bool:
    """Whether labels are ids, and none is that of the first class."""
    lines = list(lines)
    has_ids = any(line.is_id for line in lines)
    return has_ids and all(line.video.label > 0 for line in lines)


def find_repeats(
    lines: Iterable[ListLine], root: str | Path | None = None
) -> list[tuple[ListLine, ListLine]]:
    """Pairs (first line, later line) that list the same video.

    Args:
        lines: Of a list.
        root: The folder that the paths are below, if it is known.
    """
    lines = list(lines)
    places = same_video([line.video.path for line in lines], root)
    return [
        (lines[first], line)
        for first, line in zip(places, lines, strict=True)
        if lines[first] is not line
    ]


def both_paths(first: ListLine, again: ListLine) -> str:
    """The path of a video that is listed twice, or how it is spelled."""
    one, other = first.video.path, again.video.path
    return one if one == other else f'{one!r}, which {other!r} is as well,'


def _count_from_0(
    lines: list[ListLine], labels: Labels, ann_file: str | Path
) -> list[ListLine]:
    """The same lines with ids in the class list's range, from 0."""
    ids = [
        (line.video.label, f'{ann_file} line {line.number}')
        for line in lines
        if line.is_id
    ]
    first = labels.first_of(ids)
    lowest = min((number for number, _ in ids), default=0) - first
    for number, where in ids:
        labels.check(number - first, lowest, where)
    if not first:
        return lines
    return [
        line._replace(video=LabelledVideo(path, label - first))
        if line.is_id
        else line
        for line in lines
        for path, label in [line.video]
    ]


def _warn(text: str) -> None:
    # Not at the top: `vlprompt COMMAND --help` needs no MMEngine.
    from mmengine.logging import print_log

    print_log(text, 'current', logging.WARNING)
