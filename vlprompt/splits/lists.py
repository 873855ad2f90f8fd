"""Lists of videos that splits are made from."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vlprompt.datasets.lists.annotations import (
    LabelledVideo,
    ListLine,
    find_repeats,
    read_list,
)
from vlprompt.datasets.lists.text_files import read_lines
from vlprompt.errors import UserError


class ListStyle(NamedTuple):
    """How the names of a list become the paths of the splits.

    Args:
        suffix: Added to names that lack it; lists may then be UniFormer's,
            ``name frames label``.
        base_names: Whether folders are dropped.
    """

    suffix: str | None = None
    base_names: bool = False

    def path(self, name: str) -> str:
        """The path that is written."""
        if self.suffix and not name.endswith(self.suffix):
            name += self.suffix
        return PurePosixPath(name).name if self.base_names else name


PLAIN = ListStyle()


def read_videos(
    file: str | Path, class_names: Sequence[str], style: ListStyle = PLAIN
) -> list[LabelledVideo]:
    """Read a list of videos, each of them once.

    Raises:
        UserError: If a line has other columns, a label is not of the class
            list, or a video is listed twice; it names the line.
    """
    lines = _read_uniformer(Path(file), len(class_names), style)
    lines = lines or read_list(file, class_names)
    lines = [
        ListLine(number, text, LabelledVideo(style.path(path), label))
        for number, text, (path, label) in lines
    ]
    for first, again in find_repeats(lines):
        raise UserError(
            f'{file} lines {first.number} and {again.number} are the same '
            f'video {again.video.path!r}, expected each video once'
        )
    return [line.video for line in lines]


def _read_uniformer(
    file: Path, num_classes: int, style: ListStyle
) -> list[ListLine]:
    """The lines of ``name frames label``; none if the first is no such."""
    if not file.is_file():
        return []
    lines = []
    for number, text in enumerate(read_lines(file), 1):
        if not text.strip():
            continue
        where = f'{file} line {number}: {text[:200]!r}'
        fields = text.split()
        if len(fields) != 3 or not _are_numbers(fields[1:]):
            if not lines:
                return []
            raise UserError(f'{where}, expected "name frames label" as above')
        if not style.suffix:
            raise UserError(
                f'{where}, expected "path label" (for lists of "name frames '
                'label" give --add-suffix .avi, or .webm)'
            )
        video = LabelledVideo(fields[0], int(fields[2]))
        if video.label >= num_classes:
            raise UserError(
                f'{where}: label {video.label}, but the class list has '
                f'{num_classes} names (0 to {num_classes - 1})'
            )
        lines.append(ListLine(number, text, video))
    return lines


def _are_numbers(fields: Sequence[str]) -> bool:
    return all(field.isdecimal() for field in fields)


def check_disjoint(
    train: Sequence[LabelledVideo], val: Sequence[LabelledVideo], where: str
) -> None:
    """Refuse lists that share videos.

    Raises:
        UserError: With the number of shared videos and the first one.
    """
    known = {video.path for video in train}
    shared = [video.path for video in val if video.path in known]
    if shared:
        raise UserError(
            f'{where} share {len(shared)} videos, the first is {shared[0]!r}; '
            'expected none'
        )
