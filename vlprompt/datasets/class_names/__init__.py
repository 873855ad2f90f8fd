"""Class names of public data sets, in the order of their labels."""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from vlprompt.errors import UserError

FOLDER = Path(__file__).parent


def _split_camel(name: str) -> str:
    return re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)


CLEANERS: dict[str, Callable[[str], str]] = {
    'none': str,
    'underscore': lambda name: name.replace('_', ' '),
    'camel': lambda name: _split_camel(name).lower(),
    'lower': str.lower,
}


def list_class_names() -> list[str]:
    """The names of the lists that come with the library."""
    return sorted(file.stem for file in FOLDER.glob('*.txt'))


def load_class_names(
    classes: str | Path | Sequence[str], text_clean: str = 'none'
) -> tuple[str, ...]:
    """Read a class list, in the order of the labels.

    Args:
        classes: The name of a list of the library (``'ucf101'``), a
            ``.csv`` file with columns ``id`` and ``name``, a text file with
            one name a line, or the names.
        text_clean: ``'none'``, ``'underscore'`` (to spaces), ``'camel'``
            (``'ApplyEyeMakeup'`` to ``'apply eye makeup'``) or ``'lower'``.

    Raises:
        UserError: If there is no such list, or its ids are not 0, 1, 2, ...
    """
    if text_clean not in CLEANERS:
        raise UserError(
            f'text_clean={text_clean!r}, expected one of {list(CLEANERS)}'
        )
    names = _read(classes) if isinstance(classes, str | Path) else classes
    if not names:
        raise UserError(f'the class list {classes} is empty')
    return tuple(CLEANERS[text_clean](name) for name in names)


def _read(classes: str | Path) -> list[str]:
    path = FOLDER / f'{classes}.txt'
    if not path.is_file():
        path = Path(classes)
    if not path.is_file():
        raise UserError(
            f'no class list {classes}: neither a file nor one of '
            f'{", ".join(list_class_names())} (docs/data.md, "Class lists")'
        )
    if path.suffix == '.csv':
        return _read_csv(path)
    lines = path.read_text(encoding='utf-8').splitlines()
    return [line.strip() for line in lines if line.strip()]


def _read_csv(path: Path) -> list[str]:
    with path.open(encoding='utf-8-sig', newline='') as file:
        rows = list(csv.DictReader(file))
    for i, row in enumerate(rows):
        if row.get('id') != str(i) or not row.get('name'):
            raise UserError(
                f'{path} line {i + 2}: {dict(row)}, expected id {i} and a '
                'name below the header "id,name"'
            )
    return [row['name'] for row in rows]
