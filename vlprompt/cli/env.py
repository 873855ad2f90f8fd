"""Check the installed packages and say how to fix them.

It runs even where torch or MMAction2 is missing or broken.  The exit code is 1
if something that is needed does not work.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from .parsing import parse

EXAMPLE = 'vlprompt env'


def add_arguments(parser: ArgumentParser) -> None:
    """There are no flags."""


def run(args: Namespace) -> None:
    """Print the table; exit with 1 if something needed is broken."""
    from vlprompt import check_env

    if check_env.main():
        sys.exit(1)


def main(args: Sequence[str] | None = None) -> None:
    """Check the environment."""
    run(parse(__name__, args))
