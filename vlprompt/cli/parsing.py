"""From a command and its words to their values."""

import os
import re
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence

from .commands import COMMANDS


class CommandParser(ArgumentParser):
    """A parser whose help begins with what the command does, and a call.

    Args:
        name: Of the command, ``'data check'``.
        about: A sentence; after it, details.
        example: A call.
    """

    def __init__(self, name: str, about: str, example: str) -> None:
        purpose, _, details = about.partition('\n')
        super().__init__(
            prog=f'vlprompt {name}',
            description=details.strip(),
            formatter_class=RawDescriptionHelpFormatter,
        )
        self.purpose = purpose
        self.example = example

    def format_help(self) -> str:
        """Purpose, call, usage, details and flags."""
        opening = f'{self.purpose}\n\n    {self.example}\n\n'
        return opening + super().format_help()


def make_parser(module: str) -> CommandParser:
    """The parser of a command.

    Args:
        module: The ``__name__`` of its module, which has been imported.
    """
    (name,) = (c.name for c in COMMANDS.values() if c.module == module)
    source = sys.modules[module]
    parser = CommandParser(name, source.__doc__, source.EXAMPLE)
    source.add_arguments(parser)
    return parser


def parse(module: str, args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line of a command.

    Args:
        module: The ``__name__`` of its module.
        args: The words after the command's name; those of the process if
            not given.

    Returns:
        The values of the flags, and in ``words`` what they were parsed from.
    """
    words = sys.argv[1:] if args is None else [str(word) for word in args]
    words = [_expand(word) for word in words]
    return make_parser(module).parse_args(words, Namespace(words=words))


def _expand(word: str) -> str:
    """``--flag=~/folder`` as ``--flag ~/folder``, which the shell expands."""
    flag, equals, value = word.partition('=')
    if not re.fullmatch('--[a-z-]+', flag):
        return word
    return flag + equals + os.path.expanduser(value)
