"""Lines of lists of videos: how they are read, and written."""

import csv
import io
import re
from typing import NamedTuple

from vlprompt.errors import UserError, docs_url

from .labels import Label, Labels
from .text_files import read_number

BLANKS = ' \t'  # not those of Unicode, which file names have in them
SEPARATOR = re.compile(r'[ \t]*,[ \t]*|[ \t]+')
SUFFIX = re.compile(r'\.(?=\w*[A-Za-z])\w{2,5}$')
HEADER_PATHS = {
    'path', 'file', 'filename', 'file_name', 'filepath', 'file_path',
    'video', 'video_path', 'video_name', 'clip',
}  # fmt: skip
HEADER_LABELS = {
    **dict.fromkeys(('label', 'labels', 'class', 'target', 'action')),
    **dict.fromkeys(('id', 'label_id', 'class_id', 'class_index'), 'id'),
    **dict.fromkeys(('name', 'label_name', 'class_name'), 'name'),
}
SHOWN = 200


class Reading(NamedTuple):
    """One way to read a line: where it is divided, and into what."""

    path: str
    separator: str
    text: str
    label: Label

    def __str__(self) -> str:
        """For messages."""
        return f'{self.path!r} with the label {self.text!r}'


def read_header(line: str, labels: Labels) -> str | None:
    """What a header says of the labels; None if the line is no header.

    Returns:
        ``'id'``, ``'name'``, or ``''`` if it does not say which.
    """
    fields = _quoted_fields(line) or SEPARATOR.split(line.strip(BLANKS))
    words = [field.lower() for field in fields]
    if len(words) != 2 or words[0] not in HEADER_PATHS:
        return None
    if words[1] not in HEADER_LABELS or labels.read(fields[1], '') is not None:
        return None
    return HEADER_LABELS[words[1]] or ''


def read_line(line: str, labels: Labels, where: str) -> tuple[str, Label]:
    """The path and the label of a line.

    Raises:
        UserError: If it is neither ``path label`` nor ``path,label``, or can
            be read in two ways.
    """
    where = f'{where}: {line[:SHOWN]!r}'
    line = line.strip(BLANKS)
    fields = _quoted_fields(line)
    if fields:
        path, text = fields
        label = labels.read(text, where) if path else None
        if label is not None:
            return path, label
    elif line.startswith('"'):
        raise UserError(
            f'{where} begins with a quote, but is not two fields of CSV; '
            'expected "path","label" with quotes in them doubled'
        )
    readings = []
    if not line.startswith('"'):  # a quote at the end may be the text's own
        readings = _readings(line, labels, where)
    if not readings:
        raise _unreadable(line, labels, where)
    reading = _choose(readings, where)
    _check_columns(reading, where)
    return reading.path, reading.label


def write_line(path: str, label: int) -> str:
    """A line that is read as this path and label.

    Raises:
        UserError: If the path has the end of a line in it.
    """
    if '\n' in path or '\r' in path:
        raise UserError(f'{path!r} has the end of a line in it')
    line = f'{path} {label}'
    try:
        if read_line(line, Labels(None), '')[0] == path:
            return line
    except UserError:
        pass
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerow([path, label])
    return text.getvalue().rstrip('\r\n')


def _quoted_fields(line: str) -> list[str] | None:
    """The two fields of a line of CSV in which at least one is quoted."""
    line = line.strip(BLANKS)
    if not (line.startswith('"') or line.endswith('"')):
        return None
    for separator in ',\t ':
        rows = csv.reader(
            [line], delimiter=separator, strict=True, skipinitialspace=True
        )
        try:
            fields = next(rows)
        except csv.Error:
            continue
        if len(fields) == 2 and (line[0] == '"' or _ends_quoted(line, fields)):
            return fields
    return None


def _ends_quoted(line: str, fields: list[str]) -> bool:
    """Whether the quote at the end is not one of the text itself."""
    return line.endswith('"' + fields[1].replace('"', '""') + '"')


def _readings(line: str, labels: Labels, where: str) -> list[Reading]:
    """All ways to read a line without quotes, the longest label first."""
    readings = []
    for match in SEPARATOR.finditer(line):
        path, text = line[: match.start()], line[match.end() :]
        label = labels.read(text, where) if path else None
        if label is not None:
            mark = next(mark for mark in ',\t ' if mark in match[0])
            readings.append(Reading(path, mark, text, label))
    return readings


def _choose(readings: list[Reading], where: str) -> Reading:
    """The reading that is meant.

    It is the only one whose path ends like a file, or else the one of the
    longest label, if that alone stands after a comma or a tab.
    """
    if len(readings) == 1:
        return readings[0]
    files = [r for r in readings if SUFFIX.search(r.path)]
    if len(files) == 1:
        return files[0]
    divided = [r for r in readings if r.separator != ' ']
    if divided == readings[:1]:
        return readings[0]
    raise UserError(
        f'{where} is {readings[0]} or {readings[1]}; expected quotes as in '
        'CSV, "path","label", to say which is meant '
        f'({docs_url("data#lists")})'
    )


def _check_columns(reading: Reading, where: str) -> None:
    path, separator = reading.path, reading.separator
    if not SEPARATOR.search(path):
        return
    parts = SEPARATOR.split(path)
    before = SEPARATOR.findall(path)[-1]
    numbered = read_number(parts[-1]) is not None
    if numbered and reading.label.is_id:
        raise UserError(
            f'{where} has two numbers after the path, expected "path label" '
            '("name frames label" and several labels are not read, and a path '
            f'that ends so is put in quotes; {docs_url("data#lists")})'
        )
    columns = separator != ' ' and separator in path
    if (
        columns
        and not SUFFIX.search(path)
        or (numbered and separator in before)
    ):
        raise UserError(
            f'{where} has {len(parts) + 1} columns, expected two, "path" and '
            '"label" (a path with such characters is put in quotes; '
            f'{docs_url("data#lists")})'
        )


def _unreadable(line: str, labels: Labels, where: str) -> UserError:
    names = labels.class_names
    known = ''
    if names:
        known = f' from 0 to {len(names) - 1} or a class name'
    if labels.kind:
        known += f' (its header says {labels.kind}s)'
    columns = max(line.count(','), line.count('\t')) + 1
    also = f', which has {columns} columns' if columns > 2 else ''
    return UserError(f'{where}{also}, expected "path label" with an id{known}')
