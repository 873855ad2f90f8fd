"""Class names, as one names them: words, a file, a data set."""

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from vlprompt.datasets.catalog import DATA_SETS, SHORT
from vlprompt.datasets.lists.class_names import (
    list_class_names,
    load_class_names,
)
from vlprompt.errors import UserError, suggest

SUFFIXES = ('.txt', '.csv')


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
    words = [given] if isinstance(given, str | Path) else list(given)
    if len(words) == 1:
        names = _listed(str(words[0]))
    else:
        names = load_class_names(words)
    if len(names) < 2:
        raise UserError(
            f'one class given, {names[0]!r}, whose probability would always '
            'be 1: name what else it could be, such as "something else"'
        )
    return names


def check_told_apart(model: nn.Module) -> None:
    """Refuse classes that are the same text for a model's CLIP.

    Raises:
        UserError: With the first two of them.
    """
    tokens = getattr(model.texts, 'tokens', None)
    if tokens is None:
        return
    first: dict[tuple, str] = {}
    rows = tokens.ids[: len(model.class_names)].tolist()
    for name, row in zip(model.class_names, rows, strict=True):
        same = first.setdefault(tuple(row), name)
        if same != name:
            raise UserError(
                f'the classes {same!r} and {name!r} are the same text to '
                'CLIP, which reads lower case: no score can tell them apart'
            )


def _listed(word: str) -> tuple[str, ...]:
    name = SHORT.get(word, word)
    if name == 'toy':
        from vlprompt.toy.world import subsets

        return tuple(subsets()['all'])
    if name in list_class_names():
        return load_class_names(name, _cleaner(name))
    if Path(word).is_file() or word.endswith(SUFFIXES):
        return load_class_names(word)
    near = suggest(word, [*list_class_names(), *DATA_SETS, *SHORT])
    raise UserError(
        f'one class given, {word!r}{near}: expected several names, a file of '
        f'them, or one of {", ".join([*DATA_SETS, *SHORT])}'
    )


def _cleaner(name: str) -> str:
    """UCF101 alone writes its classes as one word each."""
    return 'camel' if name.startswith('ucf101') else 'none'
