"""How a command of the library is started."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = 'vlprompt.cli.'  # where they are
LAUNCHER = 'vlprompt.cli.launch'


def command_line(words: Sequence[str], processes: int = 0) -> list[str]:
    """The command line that runs a command of this same package.

    ``python -m`` looks into the current folder first, where another package
    of this name may lie; it must not unless this process does as well.

    Args:
        words: What one types after ``vlprompt``.
        processes: How many run it together; 0 for one without the
            distributed launcher.
    """
    looks_there = '' in sys.path or os.getcwd() in sys.path
    safe = not looks_there and sys.version_info >= (3, 11)
    python = [sys.executable, *(['-P'] if safe else [])]
    command, *rest = words
    module = ['-m', COMMANDS + command]
    if not processes:
        return [*python, *module, *rest]
    launcher = ['-m', LAUNCHER, str(processes)]
    return [*python, *launcher, *module, *rest, '--launcher=pytorch']


def run_here(words: Sequence[str]) -> object:
    """Run a command in this process; returns what it returns."""
    command, *rest = words
    return import_module(COMMANDS + command).main(rest)
