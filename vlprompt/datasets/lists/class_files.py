"""Files of class names."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

from vlprompt.errors import UserError
from vlprompt.name_rules import check_names

from .class_data import read_json, read_yaml
from .class_ids import WHERE, ClassFile, Entry, in_order
from .text_files import read_lines, read_number

IDS = ('id', 'label_id', 'class_id', 'class_index', 'index', 'idx', 'label')
NAMES = (
    'name', 'class_name', 'label_name', 'classname', 'class', 'category',
    'action', 'label', 'names', 'classes', 'labels',
)  # fmt: skip
HEADER = {*IDS, *NAMES}
NUMBERED = re.compile(
    r'([0-9]{1,18})(?:[ \t]+|[ \t]*[,;][ \t]*|[:.)][ \t]+)(\S.*)'
)
NUMBER = re.compile(r'[0-9]{1,18}(?=[\s,;:.)]|$)')
NUMBER_AT_END = re.compile(r'(\S.*?)[\s,;:]+([0-9]{1,18})')
# How a line of JSON, YAML or a table begins, which is no class name.
OTHER_FORMATS = re.compile(r'[\[{]$|[\[{]\s*["\']|-\s|\w+:$|%YAML|---|<[!\w]')
QUOTED = re.compile(r'(?:^|[\s,;])"[^"]*"$')


def read_class_file(path: Path) -> ClassFile:
    """Read a class list in one of the formats that its suffix tells.

    Raises:
        UserError: If it has none of these, is not what its suffix says, or
            its ids are not 0, 1, 2, ... or 1, 2, 3, ...
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise UserError(
            f'{path}: class lists are not read from {suffix} files, expected '
            f'{", ".join(filter(None, READERS))} {WHERE}'
        )
    content = READERS[suffix](path)
    try:
        names = check_names(content.names)
    except UserError as error:
        raise UserError(f'{path}: {error}') from error
    return ClassFile(names, content.first_id)


def _read_names(path: Path) -> ClassFile:
    """A name a line, or a number and a name as in ``classInd.txt``."""
    lines = [line.strip() for line in read_lines(path)]
    places = [place for place, line in enumerate(lines, 1) if line]
    lines = [line for line in lines if line]
    if not lines:
        raise UserError(f'the class list {path} is empty')
    where = f'{path} line {places[0]}: {lines[0][:100]!r}'
    words = re.split(r'[\s,;]+', lines[0].lower())
    if HEADER.issuperset(words):
        raise UserError(
            f'{where} is the header of a table; expected names alone, or a '
            f'.csv or .tsv file {WHERE}'
        )
    if OTHER_FORMATS.match(lines[0]) or any(map(QUOTED.search, lines)):
        raise UserError(
            f'{where} is no list of plain names; expected a name a line '
            'without quotes, or a file that is called .json, .yaml, .csv or '
            f'.tsv {WHERE}'
        )
    numbered = [NUMBERED.fullmatch(line) for line in lines]
    if all(numbered) or _counts(lines):
        entries = zip(places, lines, numbered, strict=True)
        return in_order(
            _numbered(match, f'{path} line {place}: {line[:100]!r}')
            for place, line, match in entries
        )
    ends = [NUMBER_AT_END.fullmatch(line) for line in lines]
    if len(lines) > 1 and all(ends) and len({m[1] for m in ends}) == len(ends):
        raise UserError(
            f'{where}: every line ends in a number; expected a .csv file with '
            'the header "name,id" if these are ids, or a .json file with a '
            f'list if they belong to the names {WHERE}'
        )
    return ClassFile(tuple(lines))


def _counts(lines: list[str]) -> bool:
    """Whether the first lines have the numbers 0, 1 or 1, 2.

    Lines that are nothing but numbers are names, unless there is one alone:
    what is left of a file that was cut off.
    """
    heads = [NUMBER.match(line) for line in lines[:2]]
    numbers = [int(head[0]) for head in heads if head]
    if len(lines) == 1:
        return numbers in ([0], [1]) and heads[0].end() == len(lines[0])
    named = any(map(NUMBERED.fullmatch, lines[:2]))
    return named and numbers in ([0, 1], [1, 2])


def _numbered(match: re.Match | None, where: str) -> Entry:
    if match is None:
        raise UserError(f'{where}, expected a number and a name, as in others')
    return Entry(match[1], match[2], where)


def _read_table(path: Path) -> ClassFile:
    """Columns of ids and names, below a header."""
    separator = '\t' if path.suffix.lower() == '.tsv' else ','
    rows = csv.reader(
        read_lines(path), delimiter=separator, skipinitialspace=True
    )
    entries, columns, width = [], None, 0
    try:
        for row in rows:
            where = f'{path} line {rows.line_num}: {row}'
            if not any(row):
                continue
            if columns is None:
                columns, width = _columns(row, where), len(row)
                if read_number(row[columns[0]]) is None:
                    continue  # the header
            entries.append(_entry(row, columns, width, where))
    except csv.Error as error:
        raise UserError(f'{path} line {rows.line_num}: {error}') from error
    if not entries:
        raise UserError(f'the class list {path} is empty')
    return in_order(entries)


def _entry(
    row: list[str], columns: tuple[int, int], width: int, where: str
) -> Entry:
    if len(row) == width:
        number, name = (row[column].strip() for column in columns)
        if name and read_number(number) is not None:
            return Entry(number, name, where)
    raise UserError(
        f'{where}, expected {width} fields, an id and a name (in quotes if it '
        'has a comma) among them'
    )


def _columns(row: list[str], where: str) -> tuple[int, int]:
    """Where ids and names are, from the header; or the first row is one."""
    words = [field.strip().lower() for field in row]
    if len(words) == 2 and words[0] in ('0', '1'):
        return 0, 1
    name = next((words.index(word) for word in NAMES if word in words), None)
    ids = [words.index(word) for word in IDS if word in words]
    number = next((place for place in ids if place != name), None)
    if name is None or number is None:
        raise UserError(
            f'{where}, expected id 0 and a name, or the header "id,name" '
            f'{WHERE}'
        )
    return number, name


READERS: dict[str, Callable[[Path], ClassFile]] = {
    **dict.fromkeys(('.txt', '.list', '.names', ''), _read_names),
    **dict.fromkeys(('.csv', '.tsv'), _read_table),
    '.json': read_json,
    **dict.fromkeys(('.yaml', '.yml'), read_yaml),
}
