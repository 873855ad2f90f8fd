"""Reading what the data sets of retrieval are published as."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from vlprompt.datasets.lists.text_files import read_lines, read_text
from vlprompt.errors import UserError
from vlprompt.safe_pickle import SafeUnpickler

# What a pickle of plain containers and strings is made with.
HARMLESS = {
    ('collections', 'OrderedDict'),
    ('collections', 'defaultdict'),
    *(
        (module, name)
        for module in ('builtins', '__builtin__')
        for name in ('dict', 'list', 'set', 'frozenset')
    ),
}


class Split(NamedTuple):
    """A list of videos: captions by file name, and what was amiss.

    ``missing`` are listed videos without a caption; ``unused`` is how many
    captions belong to videos that are not listed.
    """

    captions: dict[str, list[str]]
    missing: list[str]
    unused: int = 0


class Source:
    """A folder of published files.

    Args:
        root: The folder; files may lie in folders below it.
        get: What to get where, for the error.
    """

    def __init__(self, root: Path, get: str) -> None:
        self.root = root
        self.get = get

    def find(self, name: str) -> Path:
        """The file of a name.

        Raises:
            UserError: If there is none or several.
        """
        direct = self.root / name
        found = [direct] if direct.is_file() else [*self.root.rglob(name)]
        if not found:
            raise UserError(
                f'no {name} below {self.root}: get {self.get}, or name the '
                'lists that are wanted (--splits)'
            )
        if len(found) > 1:
            raise UserError(
                f'several files {name} below {self.root}: '
                f'{", ".join(map(str, sorted(found)[:3]))}'
            )
        return found[0]


def read_ids(path: Path) -> list[str]:
    """A name a line; empty lines are left out."""
    lines = [line.strip() for line in read_lines(path)]
    return unique([line for line in lines if line], path)


def read_columns(path: Path, *names: str) -> list[tuple[str, ...]]:
    """The named columns of a csv file with a header."""
    rows = csv.DictReader(StringIO(read_text(path), newline=''))
    lacking = set(names) - set(rows.fieldnames or ())
    if lacking:
        raise UserError(
            f'{path} has the columns {rows.fieldnames}, expected '
            f'{" and ".join(names)}'
        )
    try:
        return [tuple((row[n] or '').strip() for n in names) for row in rows]
    except csv.Error as error:
        raise UserError(f'{path} line {rows.line_num}: {error}') from error


def read_json(path: Path) -> Any:
    """What a JSON file holds."""
    try:
        return json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise UserError(f'{path} is not JSON: {error}') from error


def read_pickle(path: Path) -> Any:
    """A pickle of containers, strings and numbers; runs nothing from it."""
    try:
        with path.open('rb') as file:
            return SafeUnpickler(
                file, HARMLESS, _refuse, encoding='utf-8'
            ).load()
    except UserError as error:
        raise UserError(f'{path}: {error}') from error
    except Exception as error:  # a damaged file fails in many ways
        raise UserError(
            f'{path} is not a pickle that can be read '
            f'({type(error).__name__}): {error}'
        ) from error


def _refuse(module: str, name: str) -> NoReturn:
    raise UserError(
        f'the pickle asks for {module}.{name}, expected dicts, lists and '
        'strings alone'
    )


def unique(names: list[str], path: Path) -> list[str]:
    """The same names.

    Raises:
        UserError: If one comes twice, or there is none.
    """
    if not names:
        raise UserError(f'{path} is empty')
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UserError(f'{path} lists {name} twice')
        seen.add(name)
    return names


def select(
    ids: list[str], captions: dict[str, list[str]], suffix: str = ''
) -> Split:
    """The captions of listed videos, as a list of files."""
    known = {name: captions[name] for name in ids if captions.get(name)}
    total = sum(map(len, captions.values()))
    return Split(
        {f'{name}{suffix}': texts for name, texts in known.items()},
        [name for name in ids if name not in known],
        total - sum(map(len, known.values())),
    )
