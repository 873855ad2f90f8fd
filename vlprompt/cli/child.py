"""How this process starts another one of the same library."""

import os
import sys
from collections.abc import Sequence


def command_line(words: Sequence[str]) -> list[str]:
    """The command line that runs a command in a process of its own.

    Args:
        words: What one types after ``vlprompt``.
    """
    safe = ['-P'] if must_be_safe() and sys.version_info >= (3, 11) else []
    return [sys.executable, *safe, '-m', 'vlprompt', *words]


def must_be_safe() -> bool:
    """Whether ``python -m`` must not look into the current folder.

    It does so first, and may find another vlprompt there, unless this
    process looks there as well.
    """
    return '' not in sys.path and os.getcwd() not in sys.path
