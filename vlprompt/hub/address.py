"""Addresses of models: ``hf://user/name@revision``."""

import re
from typing import NamedTuple

from vlprompt.errors import UserError

SCHEME = 'hf://'
WORD = r'[A-Za-z0-9](?:[\w.-]*\w)?'
NAME = re.compile(rf'({WORD}/{WORD})(?:@(\w[\w./-]*))?')
EXPECTED = 'expected hf://user/name or hf://user/name@revision'


class Address(NamedTuple):
    """Where a model is on the Hub.

    Attributes:
        repository: ``'user/name'``.
        revision: A branch, tag or commit; None for the newest.
    """

    repository: str
    revision: str | None = None

    def __str__(self) -> str:
        """As one types it."""
        revision = f'@{self.revision}' if self.revision else ''
        return f'{SCHEME}{self.repository}{revision}'


def is_address(text: str) -> bool:
    """Whether a text means a model of the Hub."""
    return text.startswith(SCHEME)


def parse_address(text: str) -> Address:
    """Read an address, with or without ``hf://``.

    Raises:
        UserError: If it is none.

    Example:
        >>> parse_address('hf://microsoft/xclip-base-patch32@main').revision
        'main'
    """
    match = NAME.fullmatch(text.removeprefix(SCHEME))
    if match is None or '..' in text or '--' in text:
        raise UserError(f'{text}: {EXPECTED}')
    return Address(*match.groups())


def target_of(text: str) -> str:
    """``'user/name'`` of an address to push to, with or without ``hf://``.

    Raises:
        UserError: If it is none, or names a revision.
    """
    address = parse_address(text)
    if address.revision:
        raise UserError(
            f'{text}: a push makes the newest revision, expected '
            f'{address.repository}'
        )
    return address.repository
