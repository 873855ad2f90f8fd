"""Class names with ids."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

from vlprompt.errors import UserError, docs_url

from .text_files import read_number

WHERE = f'({docs_url("data#class-lists")})'


class ClassFile(NamedTuple):
    """Class names in the order of their ids, and the first id."""

    names: tuple[str, ...]
    first_id: int = 0


class Entry(NamedTuple):
    """The id and the name of a class, as they are written, and where."""

    number: Any
    name: Any
    where: str


def read_mapping(content: Mapping, where: str) -> ClassFile:
    """Read ``{name: id}`` or ``{id: name}``.

    Raises:
        UserError: If it is neither, or could be both.
    """
    ids_last = [Entry(v, k, f'{where}: {k!r}') for k, v in content.items()]
    ids_first = [Entry(k, v, f'{where}: {k!r}') for k, v in content.items()]
    last, first = (
        all(as_id(entry.number) is not None for entry in entries)
        for entries in (ids_last, ids_first)
    )
    if last and first and all(isinstance(v, str) for v in content.values()):
        raise UserError(
            f'{where} has numbers for names and for ids; expected '
            '{name: id} with ids that are not in quotes, or a list of names'
        )
    if last:
        return in_order(ids_last)
    if first:
        return in_order(ids_first)
    entry = next(e for e in ids_last if as_id(e.number) is None)
    raise UserError(
        f'{entry.where} is {repr(entry.number)[:100]}, expected {{name: id}} '
        f'or {{id: name}} {WHERE}'
    )


def in_order(entries: Iterable[Entry]) -> ClassFile:
    """Names in the order of ids, which start at 0 or 1 and have no gaps.

    Raises:
        UserError: With the first entry whose id does not fit.
    """
    entries = sorted(entries, key=lambda entry: as_id(entry.number))
    first = min(as_id(entries[0].number), 1)
    for number, entry in enumerate(entries, first):
        if as_id(entry.number) < number:
            before = entries[number - first - 1].where
            _refuse_id(entry, f'the same id as in {before}', number, first)
        if as_id(entry.number) > number:
            _refuse_id(entry, 'the next id', number, first)
    return ClassFile(tuple(entry.name for entry in entries), first)


def _refuse_id(
    entry: Entry, problem: str, number: int, first: int
) -> NoReturn:
    raise UserError(
        f'{entry.where} has {problem}; expected id {number}: ids are {first}, '
        f'{first + 1}, {first + 2}, ... without gaps {WHERE}'
    )


def as_id(value: Any) -> int | None:
    """A number from a text or from data; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    return read_number(value.strip()) if isinstance(value, str) else None
