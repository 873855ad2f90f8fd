"""What class names have to be, for texts of CLIP."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from typing import Any

from .errors import UserError

# OpenAI's names and open_clip's; its tokenizer makes single tokens of these.
SPECIAL = re.compile(
    r'<\|(?:start|end)oftext\|>|<(?:start|end)_of_text>', re.IGNORECASE
)
HOW = (
    'no text can tell them apart; leave out the class that is there twice, '
    'or name them in other words'
)


def check_names(names: Iterable[str]) -> tuple[str, ...]:
    """Class names, in the order of the labels, as they are.

    Raises:
        UserError: If they are no list, or one of them is no text, is empty,
            or has in it what has a meaning in texts: special tokens, ``{}``.
    """
    ordered = isinstance(names, Iterable)
    if not ordered or isinstance(names, str | bytes | Mapping | Set):
        raise UserError(
            f'a list of class names expected, got {repr(names)[:100]}'
        )
    names = tuple(names)
    if not names:
        raise UserError('the list of class names is empty, expected some')
    for place, name in enumerate(names):
        if not isinstance(name, str):
            raise UserError(
                f'class {place} is {repr(name)[:100]} '
                f'({type(name).__name__}), expected a name as text, in quotes'
            )
        problem = _problem(name)
        if problem:
            raise UserError(f'class {place} ({name[:100]!r}) {problem}')
    return names


def _problem(name: str) -> str:
    if not name.strip():
        return 'has no name, expected a text'
    special = special_token(name)
    if special:
        return f'has the special token {special} in its name'
    if '{}' in name:
        return 'has {} in its name, which is the place of a name in a template'
    return ''


def special_token(text: str) -> str | None:
    """The first of CLIP's special tokens that is written in a text."""
    found = SPECIAL.search(text)
    return found and found[0]


def check_distinct(names: Sequence[str]) -> None:
    """Refuse names of which CLIP's tokenizer makes the same tokens.

    Names that surely differ are not tokenized, which would import PyTorch.

    Raises:
        UserError: With both names and their places.
    """
    keys = [_letters(name) for name in names]
    if None in keys or len(set(keys)) < len(keys):
        check_tokens(names, [tuple(_encode(name)) for name in names])


def check_tokens(names: Sequence[str], tokens: Sequence[tuple]) -> None:
    """Refuse names with equal tokens.

    Args:
        names: The class names.
        tokens: The ids of each.

    Raises:
        UserError: With both names and their places, or that of a name of
            which nothing is left.
    """
    first: dict[tuple, int] = {}
    for place, (name, ids) in enumerate(zip(names, tokens, strict=True)):
        if not ids:
            raise UserError(
                f'class {place} ({name!r}) has no token for CLIP, expected a '
                'name that can be read'
            )
        known = first.setdefault(ids, place)
        if known == place:
            continue
        if names[known] == name:
            raise UserError(
                f'the classes {known} and {place} have the same name '
                f'{name!r}: {HOW}'
            )
        raise UserError(
            f'the classes {known} ({names[known]!r}) and {place} ({name!r}) '
            f'are the same tokens for CLIP: {HOW}'
        )


def _letters(name: str) -> str | None:
    """What names with equal tokens have in common.

    None where that is not so simple: the tokenizer mends encodings, widths
    and entities of HTML.
    """
    if not name.isascii() or not name.isprintable() or '&' in name:
        return None
    return ''.join(name.lower().split())


def _encode(text: str) -> list[int]:
    return _tokenizer().encode(text)


@cache
def _tokenizer() -> Any:
    from open_clip.tokenizer import SimpleTokenizer

    return SimpleTokenizer()
