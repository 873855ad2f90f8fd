"""How many training videos each class has."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.datasets.lists.text_files import read_lines, read_number
from vlprompt.errors import UserError

COLUMNS = ('count', 'train_count')


def count_videos(
    videos: Iterable[LabelledVideo], num_classes: int
) -> list[int]:
    """The number of videos of each class."""
    counts = Counter(video.label for video in videos)
    return [counts[label] for label in range(num_classes)]


def read_counts(file: Path, class_names: Sequence[str]) -> list[int]:
    """Read the number of videos of each class from a csv file.

    Args:
        file: With columns ``id``, ``count`` (or ``train_count``) and perhaps
            ``name``, a class a line.
        class_names: The class list.

    Raises:
        UserError: If a line does not fit the class list, or a class is
            missing.
    """
    if not file.is_file():
        raise UserError(f'no file of counts at {file}')
    rows = csv.DictReader(read_lines(file), skipinitialspace=True)
    fields = rows.fieldnames or []
    column = next((name for name in COLUMNS if name in fields), None)
    if column is None or 'id' not in fields:
        raise UserError(
            f'{file}: the header is {",".join(fields)!r}, expected '
            '"id,name,count" (name may be missing)'
        )
    counts: dict[int, int] = {}
    for row in rows:
        label = read_number((row['id'] or '').strip())
        count = read_number((row[column] or '').strip())
        known = label is not None and label < len(class_names)
        named = known and row.get('name') in (None, class_names[label])
        if not named or count is None or label in counts:
            raise UserError(
                f'{file} line {rows.line_num}: {list(row.values())}, expected '
                f'an id from 0 to {len(class_names) - 1}, once, with its name '
                'in the class list and a count'
            )
        counts[label] = count
    missing = [i for i in range(len(class_names)) if i not in counts]
    if missing:
        raise UserError(
            f'{file} has no count for class {missing[0]} '
            f'({class_names[missing[0]]!r}): {len(counts)} of '
            f'{len(class_names)} classes are there'
        )
    return [counts[label] for label in range(len(class_names))]
