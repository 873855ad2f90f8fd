"""The pieces of a template: words, the class name, learnable tokens."""

import re
from typing import NamedTuple

from vlprompt.errors import UserError
from vlprompt.name_rules import special_token

# A bracket with what is in it, {}, words, or a mark that does not belong.
PIECES = re.compile(r'\[[^][{}]*\]|\{\}|[^][{}]+|.', re.DOTALL)
COUNT = re.compile(r'[1-9][0-9]{0,3}')
LIKE_A_COUNT = re.compile(r'\s*[-+]?[\d.,_]*\s*')
MARKS = {
    '[': 'opens a bracket that is not closed, or has {} or another in it',
    ']': 'closes a bracket that is not open',
    '{': 'is not {}, which stands for the class name',
    '}': 'is not {}, which stands for the class name',
}
EXPECTED = (
    "expected words, {}, and brackets as in '[16] {}.' or '[a photo of a] {}.'"
)


class Words(NamedTuple):
    """Text, with ``{}`` where the class name is."""

    text: str


class Learnable(NamedTuple):
    """Learnable tokens: their number, or the words they start from."""

    number: int
    words: str = ''


def split_template(template: str) -> list[Words | Learnable]:
    """The pieces of a template, in order.

    Raises:
        UserError: If it is no text, or with the place that is not allowed: a
            bracket that is not closed, is empty, or has ``{}`` or a number
            with blanks in it, no ``{}``, a special token.
    """
    if not isinstance(template, str):
        raise UserError(
            f'template {template!r} is no text ({type(template).__name__}), '
            f'{EXPECTED}'
        )
    pieces = [(m[0], m.start()) for m in PIECES.finditer(template)]
    for piece, place in pieces:
        if piece in MARKS:
            _refuse(template, place, MARKS[piece])
        if piece.startswith('['):
            _check_bracket(template, piece, place)
    if all(piece != '{}' for piece, _ in pieces):
        raise UserError(f'template {template!r} has no {{}} for the class')
    special = special_token(template)
    if special:
        _refuse(template, template.index(special), 'is a special token')
    return _join([piece for piece, _ in pieces])


def _check_bracket(template: str, piece: str, place: int) -> None:
    inside = piece[1:-1]
    if not COUNT.fullmatch(inside) and LIKE_A_COUNT.fullmatch(inside):
        _refuse(
            template,
            place,
            'has neither a number of tokens, 1 to 9999 without blanks, nor '
            'words in the bracket',
        )


def _join(pieces: list[str]) -> list[Words | Learnable]:
    """Words are tokenized together with the class name between them."""
    parts: list[Words | Learnable] = []
    for piece in pieces:
        if piece.startswith('['):
            inside = piece[1:-1]
            count = int(inside) if COUNT.fullmatch(inside) else 0
            parts.append(Learnable(count, '' if count else inside))
        elif parts and isinstance(parts[-1], Words):
            parts[-1] = Words(parts[-1].text + piece)
        else:
            parts.append(Words(piece))
    return parts


def _refuse(template: str, place: int, problem: str) -> None:
    shown = template[place : place + 20]
    raise UserError(
        f'template {template!r}: {shown!r} (character {place + 1}) {problem}; '
        f'{EXPECTED}'
    )
