"""Sentences that describe classes."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vlprompt.errors import UserError, docs_url

from .text_files import read_text

Given = str | Path | Mapping[str, Sequence[str]]
Descriptions = dict[str, tuple[str, ...]]
WHERE = f'({docs_url("data#class-descriptions")})'
KEYS = ('descriptions', 'spatial', 'temporal')  # of the config of texts
SHOWN = 5  # names of an error
INLINE = 'descriptions'  # that are in no file


def read_descriptions(
    descriptions: Given,
) -> Descriptions:
    """Read what is said of each class.

    Args:
        descriptions: A JSON file of ``{class name: [sentence, ...]}``, or
            its content.

    Raises:
        UserError: If it is anything else.
    """
    if isinstance(descriptions, Mapping):
        return _check(descriptions, INLINE)
    if not isinstance(descriptions, str | Path):
        raise UserError(
            f'descriptions={repr(descriptions)[:100]}, expected a JSON file '
            f'of {{class name: [sentence, ...]}} {WHERE}'
        )
    path = Path(os.path.expanduser(descriptions))
    return _check(read_json_file(path), str(path))


def read_json_file(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        UserError: If there is none, or it is damaged or has a key twice.
    """
    check_is_file(path)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise UserError(f'{path} has two entries {key!r}')
            found[key] = value
        return found

    try:
        return json.loads(read_text(path), object_pairs_hook=unique)
    except UserError:
        raise
    except (ValueError, RecursionError) as error:
        raise UserError(f'{path} is not JSON: {error}') from error


class ClassDescriptions(NamedTuple):
    """The sentences of each class, in the order of the labels, and whence."""

    sentences: list[tuple[str, ...]]
    source: str


def describe_classes(
    descriptions: Given | Sequence[Given], names: Sequence[str]
) -> ClassDescriptions:
    """The sentences about the classes of a data set.

    Names agree if they have the same letters and digits: ``brush_hair`` and
    ``Brush hair`` are one class, unless both are described.

    Args:
        descriptions: As for :func:`read_descriptions`, or several: the first
            of them that is there and describes every class is used.
        names: The class names of a data set.

    Raises:
        UserError: With the classes that are not described.
    """
    single = isinstance(descriptions, str | Path | Mapping)
    several = isinstance(descriptions, Sequence) and not single
    problems = []
    for given in descriptions if several else [descriptions]:
        source = str(given) if isinstance(given, str | Path) else INLINE
        if several and source != INLINE and not _is_file(source):
            problems.append(f'{source}: no such file')
            continue
        described = read_descriptions(given)
        found = [find_sentences(described, name) for name in names]
        missing = [
            name for name, own in zip(names, found, strict=True) if not own
        ]
        if not missing:
            return ClassDescriptions(found, source)
        problems.append(_lack(source, missing, len(names)))
    raise UserError(
        f'{"; ".join(problems) or "no file of descriptions"} {WHERE}'
    )


def descriptions_of(texts: Mapping[str, Any] | None) -> list[Any]:
    """What a config of texts reads sentences from, each as it is given."""
    return [texts[key] for key in KEYS if key in texts] if texts else []


def description_files(texts: Mapping[str, Any] | None) -> list[str]:
    """The files among them that are there."""
    files = []
    for given in descriptions_of(texts):
        several = given if isinstance(given, list | tuple) else [given]
        files += [str(f) for f in several if isinstance(f, str | Path)]
    return [file for file in files if _is_file(file)]


def find_sentences(descriptions: Descriptions, name: str) -> tuple[str, ...]:
    """The sentences of one class; none if it, or its spelling, is unclear."""
    if name in descriptions:
        return descriptions[name]
    letters = letters_of(name)
    alike = [key for key in descriptions if letters_of(key) == letters]
    return descriptions[alike[0]] if len(alike) == 1 else ()


def _lack(source: str, missing: Sequence[str], total: int) -> str:
    more = len(missing) - SHOWN
    listed = ', '.join(map(repr, missing[:SHOWN]))
    listed += f' and {more} more' if more > 0 else ''
    number = len(missing)
    return f'{source}: no description of {number} of {total} classes: {listed}'


def check_is_file(path: Path) -> None:
    """Raise a UserError if there is no such file of descriptions."""
    if not _is_file(path):
        raise UserError(f'no file {path} of class descriptions {WHERE}')


def _is_file(path: str | Path) -> bool:
    return os.path.isfile(os.path.expanduser(path))


def _check(content: Any, where: str) -> Descriptions:
    if not isinstance(content, Mapping) or not content:
        raise UserError(
            f'{where} holds {repr(content)[:100]}, expected {{class name: '
            f'[sentence, ...]}} {WHERE}'
        )
    checked: Descriptions = {}
    for name, sentences in content.items():
        if not isinstance(name, str) or not _are_sentences(sentences):
            raise UserError(
                f'{where}: {name!r} is {repr(sentences)[:100]}, expected a '
                'list of sentences; `vlprompt data descriptions` converts '
                f'other formats {WHERE}'
            )
        checked[name] = tuple(sentences)
    return checked


def _are_sentences(value: Any) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    return bool(value) and all(isinstance(s, str) and s.strip() for s in value)


def letters_of(name: str) -> str:
    """What spellings of a name have in common; all of it if it has none."""
    return re.sub(r'[\W_]+', '', name.casefold()) or name
