"""From the module of a command to its parsed command line."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence

from .commands import COMMANDS


class CommandParser(ArgumentParser):
    """A parser whose help begins with what the command does, and a call.

    Args:
        module: The name of the command's module, which has been imported.
    """

    def __init__(self, module: str) -> None:
        name = next(c.name for c in COMMANDS.values() if c.module == module)
        source = sys.modules[module]
        purpose, _, details = source.__doc__.partition('\n')
        super().__init__(
            prog=f'vlprompt {name}',
            description=details.strip(),
            formatter_class=RawDescriptionHelpFormatter,
        )
        self.opening = f'{purpose}\n\n    {source.EXAMPLE}\n\n'
        source.add_arguments(self)

    def format_help(self) -> str:
        """Purpose, call, usage, details and flags."""
        return self.opening + super().format_help()


def parse(module: str, args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line of a command.

    Args:
        module: Its ``__name__``.
        args: The words after the command's name; those of the process if
            not given.

    Returns:
        The values of the flags, and in ``words`` what they were parsed from.
    """
    words = sys.argv[1:] if args is None else [str(word) for word in args]
    return CommandParser(module).parse_args(words, Namespace(words=words))
