"""From the names of folders to class names that CLIP understands."""

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from vlprompt.errors import UserError, suggest
from vlprompt.name_rules import check_distinct, check_names

from ..lists.text_files import read_lines

TEXTS = 'classes.csv'  # in the folder: folder,words
CAMEL = re.compile(r'(?<=[a-z])(?=[A-Z])')


def class_texts(folders: Sequence[str], root: Path) -> tuple[str, ...]:
    """A text for the folder of each class.

    That is what ``classes.csv`` in the root says (``folder,words`` a line),
    or else the folder's name in words: ``ApplyLipstick`` and
    ``apply_lipstick`` are ``apply lipstick``.

    Args:
        folders: The names of the folders.
        root: The folder that they are in.

    Raises:
        UserError: If ``classes.csv`` names other folders, or two classes are
            one text to CLIP.
    """
    given = _read_texts(root / TEXTS)
    plain = [plain_letters(name) for name in folders]
    for name in given:
        if name not in plain:
            raise UserError(
                f'{root / TEXTS} names {name!r}, which is no folder of '
                f'videos in {root}{suggest(name, plain)}'
            )
    return distinct_texts(
        [given.get(name) or in_words(name) for name in plain], root
    )


def in_words(name: str) -> str:
    """A name with spaces between its words."""
    name = plain_letters(name)
    if not re.search(r'[\s_-]', name) and CAMEL.search(name):
        return CAMEL.sub(' ', name).lower()
    return ' '.join(re.sub(r'[_-]+', ' ', name).split()) or name


def distinct_texts(texts: Sequence[str], where: Path) -> tuple[str, ...]:
    """The texts, if CLIP can tell them apart.

    Raises:
        UserError: If not; it names two of them and the folder.
    """
    try:
        names = check_names(texts)
        check_distinct(names)
    except UserError as error:
        raise UserError(
            f'{where}: {error} (a line "folder,words" in '
            f'{where / TEXTS} gives a class another name)'
        ) from error
    return names


def _read_texts(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    texts = {}
    rows = csv.reader(read_lines(path), skipinitialspace=True)
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells == ['folder', 'words']:
            continue
        if len(cells) != 2 or not all(cells):
            raise UserError(
                f'{path} line {rows.line_num}: {row}, expected folder,words'
            )
        texts[plain_letters(cells[0])] = cells[1]
    return texts


def plain_letters(name: str) -> str:
    """Systems write letters with accents in two ways."""
    return unicodedata.normalize('NFC', name)
