"""Text files that a user wrote."""

from pathlib import Path

from vlprompt.errors import UserError


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, see :func:`read_text`."""
    return read_text(path).splitlines()


def read_text(path: Path) -> str:
    """What a text file holds.

    Raises:
        UserError: If it is not one in UTF-8.
    """
    try:
        return path.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise UserError(
            f'{path} is not a text file in UTF-8 (byte {error.start + 1})'
        ) from error
