"""What a value means that a person has typed on a command line."""

import ast
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from vlprompt.errors import UserError

QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
AFTER_QUOTED = re.compile(r'\s*(?:[])},:]|$)')
PAIRS = {'[': ']', '(': ')', '{': '}'}
NUMBER_WORDS = re.compile('[-+]?(nan|inf|infinity)', re.IGNORECASE)
NOTHING = object()


class Written(str):
    """The text of a value, which has not been read yet.

    How it is read depends on the value whose place it takes.
    """


def read_value(text: str, own: Any = None) -> Any:
    """Read a text as the kind of value whose place it takes.

    In place of a string it is a text as it stands: ``001``, ``None``,
    ``[4] {} [4]``; in place of a list of strings its elements are.
    Elsewhere Python literals mean what they say, ``true`` and ``false`` may
    be spelt so, and words need no quotes.  Quotes around a text are taken
    off; without them ``~`` at its beginning is the home folder.

    Args:
        text: As typed.
        own: The value whose place it takes; None if there is none.

    Raises:
        UserError: If it cannot take that place; says what is expected.

    Example:
        >>> read_value('[brush hair,clap]'), read_value('[4] {}', own='{}')
        (['brush hair', 'clap'], '[4] {}')
        >>> read_value('1_000'), read_value('1e-4', own=1), read_value('001')
        (1000, 0.0001, '001')
    """
    word = text.strip()
    quoted = QUOTED.fullmatch(word) is not None
    if quoted:
        word = _unquote(word)
    if isinstance(own, str) or (own is None and quoted):
        return word if quoted else _expand(text)
    for kind, read in READERS.items():
        if isinstance(own, kind):
            try:
                return read(word, own)
            except UserError:
                if not quoted:
                    raise
                return word
    return _read_freely(text)


def _read_freely(text: str) -> Any:
    word = text.strip()
    value = _literal_or_list(word)
    if value is not NOTHING:
        return value
    if ',' in word and not re.search(r'\s', word):
        return [_read_word(item) for item in _split(word)]
    return _expand(text)


def _read_for_bool(word: str, own: bool) -> Any:
    value = _literal_or_list(word)
    if value is NOTHING:
        raise UserError('expected True or False, or a text in quotes')
    return value


def _read_for_number(word: str, own: float) -> Any:
    for kind in (int, float):
        try:
            value = kind(word)
        except ValueError:
            continue
        if isinstance(own, float) or not float(value).is_integer():
            return float(value)
        return int(value)
    value = _literal_or_list(word)
    bare = isinstance(value, list) and not _is_wrapped(word)  # 1,5
    if value is NOTHING or isinstance(value, bool) or bare:
        kind = 'an integer' if isinstance(own, int) else 'a number'
        raise UserError(f'expected {kind}, in place of {own!r}')
    return value


def _read_for_dict(word: str, own: dict) -> Any:
    value = _literal_or_list(word)
    if value is not None and not isinstance(value, (dict, list, tuple)):
        raise UserError(
            "expected a dict, such as {'type': 'Name'}, or None; one of its "
            'keys is changed by naming it'
        )
    return value


def _read_for_list(word: str, own: list | tuple) -> Any:
    of_texts = bool(own) and all(isinstance(item, str) for item in own)
    read = _read_text if of_texts else _read_word
    if _is_wrapped(word):
        return _read_list(word, read)
    items = _split(word)
    if len(items) > 1:
        return type(own)(read(item) for item in items)
    if not word:
        raise UserError('expected a list, [] for an empty one')
    value = _literal(word)
    return _expand(word) if value is NOTHING else value


# True and False are integers, too: the first that fits reads.
READERS: dict[Any, Callable[[str, Any], Any]] = {
    bool: _read_for_bool,
    (int, float): _read_for_number,
    dict: _read_for_dict,
    (list, tuple): _read_for_list,
}


def _read_list(text: str, read: Callable[[str], Any]) -> list | tuple:
    """A list or a tuple in its brackets, with others in it."""
    items = [
        _read_list(item, read) if _is_wrapped(item) else read(item)
        for item in _split(text[1:-1])
    ]
    return tuple(items) if text[0] == '(' else items


def _read_text(text: str) -> str:
    return _unquote(text) if QUOTED.fullmatch(text) else _expand(text)


def _read_word(text: str) -> Any:
    value = NOTHING if QUOTED.fullmatch(text) else _literal(text)
    return _read_text(text) if value is NOTHING else value


def _literal_or_list(word: str) -> Any:
    value = _literal(word)
    if value is NOTHING and _is_wrapped(word):  # words without quotes, inf
        return _read_list(word, _read_word)
    return value


def _literal(word: str) -> Any:
    """A number, a bool, None, or a container of literals, or ``NOTHING``."""
    if word.lower() in ('true', 'false'):
        return word.lower() == 'true'
    if NUMBER_WORDS.fullmatch(word):
        return float(word)
    try:
        value = ast.literal_eval(word)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return NOTHING
    if isinstance(value, tuple) and not _is_wrapped(word):
        return list(value)
    known = (int, float, list, tuple, dict, type(None))
    return value if isinstance(value, known) else NOTHING


def _unquote(text: str) -> str:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):  # a line break, a broken escape
        return text[1:-1]


def _expand(text: str) -> str:
    return os.path.expanduser(text)


def _is_wrapped(text: str) -> bool:
    """Whether the whole text is in one pair of ``[]`` or ``()``."""
    if not text.startswith(('[', '(')):
        return False
    closed = (i for i, depth in _marks(text) if text[i] != ',' and not depth)
    return next(closed, None) == len(text) - 1


def _split(text: str) -> list[str]:
    """What stands between commas outside of quotes and brackets.

    Raises:
        UserError: If a bracket is not closed.
    """
    cuts, depth = [-1], 0
    for i, depth in _marks(text):
        if text[i] == ',' and not depth:
            cuts.append(i)
    if depth:
        raise UserError('a bracket is not closed: quote a text that has one')
    ends = [*cuts[1:], len(text)]
    items = [text[i + 1 : j].strip() for i, j in zip(cuts, ends, strict=True)]
    return items if items[-1] else items[:-1]  # (1,)


def _marks(text: str) -> Iterator[tuple[int, int]]:
    """Commas and brackets outside of quotes, and how deep one is after each.

    A quote counts where an item begins, unlike an apostrophe, and a closing
    bracket if it fits the last open one.
    """
    closing: list[str] = []
    i, is_start = 0, True
    while i < len(text):
        quoted = QUOTED.match(text, i) if is_start else None
        if quoted and AFTER_QUOTED.match(text, quoted.end()):
            i, is_start = quoted.end(), False
            continue
        char = text[i]
        if char in PAIRS:
            closing.append(PAIRS[char])
            yield i, len(closing)
        elif closing and char == closing[-1]:
            closing.pop()
            yield i, len(closing)
        elif char == ',':
            yield i, len(closing)
        is_start = char in '[({,:' or (is_start and char.isspace())
        i += 1
