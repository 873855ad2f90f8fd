"""Lists of videos with labels."""

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.errors import UserError, docs_url

from .text_files import read_lines

# The end of "name 134" and "name.mp4,3": one more number before the label.
SECOND_NUMBER = re.compile(r'[\s,]"?\d+$')


class LabelledVideo(NamedTuple):
    """A path below the video root, and its class."""

    path: str
    label: int


class ListLine(NamedTuple):
    """One line of a list: its number, what is written and what it means."""

    number: int
    text: str
    video: LabelledVideo


def read_annotations(
    ann_file: str | Path,
    class_names: Sequence[str],
    written_names: Sequence[str] = (),
) -> list[LabelledVideo]:
    """Read a list as :func:`read_list` does, and check it as a whole.

    A video that is there twice with its label stays so, with a warning.

    Raises:
        UserError: As there, or if a video has two different labels.
    """
    lines = read_list(ann_file, class_names, written_names)
    repeats = find_repeats(lines)
    for first, again in repeats:
        if first.video.label != again.video.label:
            raise UserError(
                f'{ann_file} lines {first.number} and {again.number}: '
                f'{first.video.path} has the labels {first.video.label} and '
                f'{again.video.label}, expected one'
            )
    if repeats:
        from mmengine.logging import print_log

        first, again = repeats[0]
        print_log(
            f'{ann_file} has {len(repeats)} lines with a video that an '
            f'earlier line has with the same label, first '
            f'{first.video.path} (lines {first.number} and {again.number}); '
            'they are kept',
            'current',
            logging.WARNING,
        )
    return [line.video for line in lines]


def read_list(
    ann_file: str | Path,
    class_names: Sequence[str] | None = None,
    written_names: Sequence[str] = (),
) -> list[ListLine]:
    """Read ``path label`` or ``path,label`` lines.

    The label is the last field, an id or a class name; paths may contain
    spaces and commas, empty lines are ignored.  A path that ends in a number
    of its own is refused: such lines are ``name frames label`` or have
    several labels.

    Args:
        ann_file: The list.
        class_names: The class names, in the order of the labels; None takes
            every id, and no names.
        written_names: The same before they were cleaned, which the list may
            use as well.

    Raises:
        UserError: If the file is missing or empty, or names the first line
            that is malformed or has a label outside the class list.
    """
    path = Path(ann_file)
    if not path.is_file():
        raise UserError(
            f'no annotation file at {ann_file} ({docs_url("data#layout")} '
            'says how to get it)'
        )
    ids = {
        name: i
        for names in (class_names or (), written_names)
        for i, name in enumerate(names)
    }
    lines = [
        ListLine(number, text, _parse(text, ids, f'{ann_file} line {number}'))
        for number, text in enumerate(read_lines(path), 1)
        if text.strip()
    ]
    if not lines:
        raise UserError(f'the annotation file {ann_file} is empty')
    return lines


def find_repeats(
    lines: Iterable[ListLine],
) -> list[tuple[ListLine, ListLine]]:
    """Pairs (first line, later line) that list the same path."""
    first: dict[str, ListLine] = {}
    pairs = ((first.setdefault(x.video.path, x), x) for x in lines)
    return [(known, line) for known, line in pairs if known is not line]


def _parse(line: str, ids: dict[str, int], where: str) -> LabelledVideo:
    for separator in (',', None):
        path, *label = line.strip().rsplit(separator, 1)
        if not label:
            continue
        # Quotes are those of a csv file whose paths contain commas.
        path, label = path.strip().strip('"'), label[0].strip().strip('"')
        if label.lstrip('-').isdigit():
            _check_path(path, line, where)
            return LabelledVideo(path, _check(int(label), ids, where))
        if label in ids:
            return LabelledVideo(path, ids[label])
    known = f' from 0 to {max(ids.values())} or a class name' if ids else ''
    raise UserError(
        f'{where}: {line[:200]!r}, expected "path label" with an id{known}'
    )


def _check_path(path: str, line: str, where: str) -> None:
    if SECOND_NUMBER.search(path):
        raise UserError(
            f'{where}: {line[:200]!r} has two numbers after the path, '
            'expected "path label" ("name frames label" and several labels '
            f'are not read; {docs_url("data#lists")})'
        )


def _check(label: int, ids: dict[str, int], where: str) -> int:
    last = max(ids.values(), default=label)
    if label < 0 and not ids:
        raise UserError(f'{where}: label {label}, expected an id from 0 on')
    if not 0 <= label <= last:
        raise UserError(
            f'{where}: label {label}, but the class list has {last + 1} '
            f'names (0 to {last})'
        )
    return label
