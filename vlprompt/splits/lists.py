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
from vlprompt.datasets.lists.labels import Labels
from vlprompt.datasets.lists.list_lines import BLANKS, SEPARATOR
from vlprompt.datasets.lists.spelling import video_key
from vlprompt.datasets.lists.text_files import read_lines, read_number
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
    file: str | Path,
    class_names: Sequence[str],
    style: ListStyle = PLAIN,
    first_id: int = 0,
) -> list[LabelledVideo]:
    """Read a list of videos, each of them once.

    Args:
        file: The list.
        class_names: In the order of the labels.
        style: How its names become paths.
        first_id: The number that the class list gives its first class.

    Raises:
        UserError: If a line has other columns, a label is not of the class
            list, or a video is listed twice; it names the line.
    """
    lines = _read_uniformer(Path(file), class_names, style)
    lines = lines or read_list(file, class_names, first_id=first_id)
    lines = [
        line._replace(video=LabelledVideo(style.path(path), label))
        for line in lines
        for path, label in [line.video]
    ]
    for first, again in find_repeats(lines):
        raise UserError(
            f'{file} lines {first.number} and {again.number} are the same '
            f'video {again.video.path!r}, expected each video once'
        )
    return [line.video for line in lines]


def _read_uniformer(
    file: Path, class_names: Sequence[str], style: ListStyle
) -> list[ListLine]:
    """The lines of ``name frames label``; none if the first is no such."""
    if not file.is_file():
        return []
    lines, labels = [], Labels(class_names)
    for number, text in enumerate(read_lines(file), 1):
        if not text.strip(BLANKS):
            continue
        where = f'{file} line {number}: {text[:200]!r}'
        fields = SEPARATOR.split(text.strip(BLANKS))
        numbers = [read_number(field) for field in fields[1:]]
        if len(fields) != 3 or ',' in text or None in numbers:
            if not lines:
                return []
            raise UserError(f'{where}, expected "name frames label" as above')
        if not style.suffix:
            raise UserError(
                f'{where}, expected "path label" (for lists of "name frames '
                'label" give --add-suffix .avi, or .webm)'
            )
        label = labels.read(fields[2], where).value
        labels.check(label, 0, where)
        lines.append(ListLine(number, text, LabelledVideo(fields[0], label)))
    return lines


def check_disjoint(
    train: Sequence[LabelledVideo], val: Sequence[LabelledVideo], where: str
) -> None:
    """Refuse lists that share videos.

    Raises:
        UserError: With the number of shared videos and the first one.
    """
    known = {video_key(video.path) for video in train}
    shared = [v.path for v in val if video_key(v.path) in known]
    if shared:
        raise UserError(
            f'{where} share {len(shared)} videos, the first is {shared[0]!r}; '
            'expected none'
        )
