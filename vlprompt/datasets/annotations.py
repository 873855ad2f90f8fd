"""Lists of videos with labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.errors import UserError

from .text_files import read_lines


class LabelledVideo(NamedTuple):
    """One line of a list: a path below the video root, and its class."""

    path: str
    label: int


def read_annotations(
    ann_file: str | Path,
    class_names: Sequence[str],
    written_names: Sequence[str] = (),
) -> list[LabelledVideo]:
    """Read ``path label`` or ``path,label`` lines.

    The label is the last field, an id or a class name; paths may contain
    spaces and commas, empty lines are ignored.

    Args:
        ann_file: The list.
        class_names: The class names, in the order of the labels.
        written_names: The same before they were cleaned, which the list may
            use as well.

    Raises:
        UserError: If the file is missing or empty, or names the first line
            that is malformed or has a label outside the class list.
    """
    path = Path(ann_file)
    if not path.is_file():
        raise UserError(
            f'no annotation file at {ann_file} (docs/data.md, "Layout", says '
            'how to get it)'
        )
    ids = {
        name: i
        for names in (class_names, written_names)
        for i, name in enumerate(names)
    }
    videos = []
    for number, line in enumerate(read_lines(path), 1):
        if line.strip():
            where = f'{ann_file} line {number}'
            videos.append(_parse(line.strip(), ids, where))
    if not videos:
        raise UserError(f'the annotation file {ann_file} is empty')
    return videos


def _parse(line: str, ids: dict[str, int], where: str) -> LabelledVideo:
    last = max(ids.values())
    for separator in (',', None):
        path, *label = line.rsplit(separator, 1)
        if not label:
            continue
        # Quotes are those of a csv file whose paths contain commas.
        path, label = path.strip().strip('"'), label[0].strip().strip('"')
        if label.lstrip('-').isdigit():
            return LabelledVideo(path, _check(int(label), last, where))
        if label in ids:
            return LabelledVideo(path, ids[label])
    raise UserError(
        f'{where}: {line[:200]!r}, expected "path label" with an id from 0 to '
        f'{last} or a class name'
    )


def _check(label: int, last: int, where: str) -> int:
    if not 0 <= label <= last:
        raise UserError(
            f'{where}: label {label}, but the class list has {last + 1} '
            f'names (0 to {last})'
        )
    return label
