"""Lists of videos with labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.errors import UserError


class LabelledVideo(NamedTuple):
    """One line of a list: a path below the video root, and its class."""

    path: str
    label: int


def read_annotations(
    ann_file: str | Path, class_names: Sequence[str]
) -> list[LabelledVideo]:
    """Read ``path label`` or ``path,label`` lines.

    The label is the last field, an id or a class name; paths may contain
    spaces and commas, empty lines are ignored.

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
    ids = {name: i for i, name in enumerate(class_names)}
    videos = []
    lines = path.read_text(encoding='utf-8-sig').splitlines()
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f'{ann_file} line {number}'
            videos.append(_parse(line.strip(), ids, where))
    if not videos:
        raise UserError(f'the annotation file {ann_file} is empty')
    return videos


def _parse(line: str, ids: dict[str, int], where: str) -> LabelledVideo:
    for separator in (',', None):
        path, *label = line.rsplit(separator, 1)
        if not label:
            continue
        label = label[0].strip()
        if label.lstrip('-').isdigit():
            return LabelledVideo(path.strip(), _check(int(label), ids, where))
        if label in ids:
            return LabelledVideo(path.strip(), ids[label])
    raise UserError(
        f'{where}: {line!r}, expected "path label" with an id from 0 to '
        f'{len(ids) - 1} or a class name'
    )


def _check(label: int, ids: dict[str, int], where: str) -> int:
    if not 0 <= label < len(ids):
        raise UserError(
            f'{where}: label {label}, but the class list has {len(ids)} '
            f'names (0 to {len(ids) - 1})'
        )
    return label
