"""Sentences that describe classes."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vlprompt.errors import UserError, docs_url

from .text_files import read_text

Descriptions = dict[str, tuple[str, ...]]
WHERE = f'({docs_url("data#class-descriptions")})'
SHOWN = 5  # names of an error


def read_descriptions(
    descriptions: str | Path | Mapping[str, Sequence[str]],
) -> Descriptions:
    """Read what is said of each class.

    Args:
        descriptions: A JSON file of ``{class name: [sentence, ...]}``, or
            its content.

    Raises:
        UserError: If it is anything else.
    """
    if isinstance(descriptions, Mapping):
        return _check(descriptions, 'descriptions')
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
    if not os.path.isfile(path):
        raise UserError(f'no file {path} of class descriptions {WHERE}')

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


def select_descriptions(
    descriptions: Descriptions, names: Sequence[str], where: str
) -> list[tuple[str, ...]]:
    """The sentences of each class, in the order of the labels.

    Names agree if they have the same letters and digits: ``brush_hair`` and
    ``Brush hair`` are one class, unless both are described.

    Args:
        descriptions: Of :func:`read_descriptions`.
        names: The class names of a data set.
        where: What to call the descriptions in an error.

    Raises:
        UserError: With the classes that are not described.
    """
    by_letters: dict[str, list[str]] = {}
    for name in descriptions:
        by_letters.setdefault(_letters(name), []).append(name)
    found, missing = [], []
    for name in names:
        alike = by_letters.get(_letters(name), [])
        key = name if name in descriptions else alike[0] if alike else None
        if key is None or (key != name and len(alike) > 1):
            missing.append(name)
        else:
            found.append(descriptions[key])
    if missing:
        more = len(missing) - SHOWN
        listed = ', '.join(map(repr, missing[:SHOWN]))
        raise UserError(
            f'{where}: no description of {len(missing)} of {len(names)} '
            f'classes: {listed}{f" and {more} more" if more > 0 else ""} '
            f'{WHERE}'
        )
    return found


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


def _letters(name: str) -> str:
    """What spellings of a name have in common; all of it if it has none."""
    return re.sub(r'[\W_]+', '', name.casefold()) or name
