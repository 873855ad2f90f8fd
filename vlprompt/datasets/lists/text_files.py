"""Text files that a user wrote."""

import codecs
import re
from pathlib import Path

from vlprompt.errors import UserError

MARK = '\ufeff'  # of byte order, at the start of a file
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Not \d, which has the digits of all scripts; int() refuses thousands of them.
NUMBER = re.compile(r'[0-9]{1,18}')


def read_lines(path: Path) -> list[str]:
    r"""The lines of a text file, see :func:`read_text`.

    They end in ``\n``, ``\r\n`` or ``\r``: not in a form feed or one of
    Unicode's separators, which titles from the web have in them.

    Raises:
        UserError: As there, or if files were joined with their marks of
            byte order.
    """
    lines = read_text(path).split('\n')
    for number, line in enumerate(lines, 1):
        if line.startswith(MARK):
            raise UserError(
                f'{path} line {number} begins with a byte order mark (U+FEFF)'
                ', expected none but at the start of the file'
            )
    return lines[:-1] if lines[-1] == '' else lines


def read_text(path: Path) -> str:
    r"""What a text file holds, with ``\n`` at the ends of its lines.

    Raises:
        UserError: If it is not one in UTF-8.
    """
    content = path.read_bytes()
    if content.startswith(UTF16):
        raise UserError(f'{path} is in UTF-16, expected a text file in UTF-8')
    if b'\0' in content:
        raise UserError(
            f'{path} is not a text file in UTF-8: byte '
            f'{content.index(0) + 1} is NUL'
        )
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise UserError(
            f'{path} is not a text file in UTF-8 (byte {error.start + 1})'
        ) from error
    return text.replace('\r\n', '\n').replace('\r', '\n')


def read_number(text: str) -> int | None:
    """A whole number in the digits 0 to 9; None for everything else."""
    return int(text) if NUMBER.fullmatch(text) else None
