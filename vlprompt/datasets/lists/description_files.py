"""Files of class descriptions as projects publish them."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from vlprompt.errors import UserError

from .class_files import IDS, NAMES
from .class_ids import Entry, as_id, in_order
from .descriptions import (
    WHERE,
    check_is_file,
    find_sentences,
    read_json_file,
)
from .text_files import read_text

NUMBERS = (*IDS, 'sno', 's_no', 'no')
COLUMNS = ('sentence', 'sentences', 'text', 'prompt', 'caption')
DESCRIPTION = 'scription'  # in the name of a column, which some spell with i
KEYS = ('name', 'number')  # what classes are joined by


class Pair(NamedTuple):
    """A class and the sentences that a file has for it."""

    name: str
    sentences: list[str]


def join_descriptions(
    path: Path,
    names: tuple[str, ...],
    column: str | None = None,
    by: str | None = None,
) -> list[Pair]:
    """The sentences of a file with the classes of a list.

    A file in which classes have numbers is joined by these, in whatever
    order the file has them; one with names by the names.

    Args:
        path: JSON: ``{number: sentence}``, ``{number: [sentence, ...]}`` or
            the same by name; CSV or TSV with a column of sentences, and with
            numbers, names or the order of the rows.
        names: The class names, in the order of the numbers.
        column: The column of sentences, found by its name if not given.
        by: ``'name'`` or ``'number'``, for a table that has both; names if
            not given.

    Raises:
        UserError: If it is none of these, numbers have gaps, or there are
            other classes than in the list.
    """
    if path.suffix.lower() in ('.csv', '.tsv'):
        content = _read_table(path, column, by)
    else:
        content = read_json_file(path)
    if isinstance(content, list):
        content = dict(enumerate(content))
    if not isinstance(content, Mapping) or not content:
        raise UserError(
            f'{path} holds {repr(content)[:100]}, expected sentences by class '
            f'number or by class name {WHERE}'
        )
    content = {
        key: _sentences(value, f'{path}: {key!r}')
        for key, value in content.items()
    }
    if all(as_id(key) is not None for key in content):
        return _join_numbers(content, names, path)
    return _join_names(content, names, path)


def _join_numbers(
    content: Mapping, names: tuple[str, ...], path: Path
) -> list[Pair]:
    entries = (Entry(k, v, f'{path}: {k!r}') for k, v in content.items())
    ordered = in_order(entries).names
    if len(ordered) != len(names):
        raise UserError(
            f'{path} describes {len(ordered)} classes by number, the class '
            f'list has {len(names)}: expected the list that the file was '
            'made for'
        )
    return [Pair(*pair) for pair in zip(names, ordered, strict=True)]


def _join_names(
    content: Mapping, names: tuple[str, ...], path: Path
) -> list[Pair]:
    found = [Pair(name, [*find_sentences(content, name)]) for name in names]
    missing = [pair.name for pair in found if not pair.sentences]
    if missing:
        raise UserError(
            f'{path} describes {len(content)} classes by name, '
            f'{len(missing)} of the {len(names)} in the class list are not '
            f'among them: {", ".join(map(repr, missing[:5]))}'
        )
    return found


def _sentences(value: Any, where: str) -> list[str]:
    sentences = [value] if isinstance(value, str) else value
    if isinstance(sentences, list) and sentences:
        texts = [' '.join(s.split()) for s in sentences if isinstance(s, str)]
        if len(texts) == len(sentences) and all(texts):
            return texts
    raise UserError(
        f'{where} is {repr(value)[:100]}, expected a sentence or a list of '
        'sentences'
    )


def _read_table(
    path: Path, column: str | None, by: str | None
) -> dict[str, list[str]]:
    """Sentences by name, by number or, without both, by place."""
    check_is_file(path)
    separator = '\t' if path.suffix.lower() == '.tsv' else ','
    rows = csv.DictReader(
        StringIO(read_text(path)), delimiter=separator, skipinitialspace=True
    )
    fields = {_word(field): field for field in _header(rows, path)}
    text = _text_column(fields, column)
    if text is None:
        raise UserError(
            f'{path} has the columns {[*fields.values()]}, expected --column '
            f'or a column description {WHERE}'
        )
    wanted = {'name': NAMES, 'number': NUMBERS}
    keys = [
        next((fields[w] for w in wanted[kind] if w in fields), None)
        for kind in ([by] if by else KEYS)
    ]
    key = next((k for k in keys if k not in (None, text)), None)
    if by and key is None:
        raise UserError(
            f'{path} has the columns {[*fields.values()]}, expected one of '
            f'{", ".join(wanted[by])} to join by {by}'
        )
    found: dict[str, list[str]] = {}
    for place, row in enumerate(_rows(rows, path)):
        name = str(place) if key is None else (row[key] or '').strip()
        found.setdefault(name, []).append(row[text] or '')
    return found


def _text_column(fields: dict[str, str], column: str | None) -> str | None:
    if column is not None:
        return fields.get(_word(column))
    described = [w for w in fields if DESCRIPTION in w]
    found = described or [word for word in COLUMNS if word in fields]
    return fields[found[0]] if found else None


def _word(field: str | None) -> str:
    return '_'.join((field or '').lower().split())


def _header(rows: csv.DictReader, path: Path) -> list[str]:
    try:
        return [*(rows.fieldnames or ())]
    except csv.Error as error:
        raise UserError(f'{path} line 1: {error}') from error


def _rows(rows: csv.DictReader, path: Path) -> Iterator[dict[str, str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise UserError(f'{path} line {rows.line_num}: {error}') from error
