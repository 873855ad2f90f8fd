"""Class names, as one names them: words, a file, a data set."""

import os
from collections.abc import Sequence
from pathlib import Path

from vlprompt.datasets.catalog import DATA_SETS, SHORT
from vlprompt.datasets.lists.class_files import READERS
from vlprompt.datasets.lists.class_names import (
    list_class_names,
    load_class_names,
)
from vlprompt.errors import UserError, suggest
from vlprompt.name_rules import check_names

SUFFIXES = tuple(filter(None, READERS))


def find_classes(given: str | Path | Sequence[str]) -> tuple[str, ...]:
    """The class names that are meant.

    Args:
        given: A file of class names, a list that comes with the library or a
            data set (``'ucf101'``, ``'k400'``, ``'toy'``), or the names
            themselves; one name is taken for one of the former.

    Raises:
        UserError: If there is no such list, or only one class.

    Example:
        >>> find_classes('ucf101')[:2]
        ('apply eye makeup', 'apply lipstick')
        >>> find_classes(['frying eggs', 'cutting bread'])
        ('frying eggs', 'cutting bread')
    """
    if isinstance(given, str | Path):
        given = [given]
    if isinstance(given, list | tuple):
        given = [str(w) if isinstance(w, Path) else w for w in given]
    words = check_names(given)
    names = _listed(words[0]) if len(words) == 1 else load_class_names(words)
    if len(names) < 2:
        raise UserError(
            f'one class given, {names[0]!r}, whose probability would always '
            'be 1: name what else it could be, such as "something else"'
        )
    return names


def _listed(word: str) -> tuple[str, ...]:
    name = SHORT.get(word, word)
    if name == 'toy':
        from vlprompt.toy.world import subsets

        return tuple(subsets()['all'])
    if name in list_class_names():
        return load_class_names(name, _cleaner(name))
    # Path.is_file() raises for a long name.
    if os.path.isfile(word) or word.lower().endswith(SUFFIXES):
        return load_class_names(word)
    near = suggest(word, [*list_class_names(), *DATA_SETS, *SHORT])
    raise UserError(
        f'one class given, {word!r}{near}: expected several names, a file of '
        f'them, or one of {", ".join([*DATA_SETS, *SHORT])}'
    )


def _cleaner(name: str) -> str:
    """UCF101 alone writes its classes as one word each."""
    return 'camel' if name.startswith('ucf101') else 'none'
