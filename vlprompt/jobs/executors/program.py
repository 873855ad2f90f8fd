"""How a command of the library is started."""

import os
import sys


def program() -> list[str]:
    """The beginning of a command line that runs this same package.

    ``python -m`` looks into the current folder first, where another package
    of this name may lie; it must not unless this process does as well.
    """
    looks_there = '' in sys.path or os.getcwd() in sys.path
    safe = not looks_there and sys.version_info >= (3, 11)
    return [sys.executable, *(['-P'] if safe else []), '-m', 'vlprompt']
