"""Find the command that the words of a command line name, and run it."""

import sys
from collections.abc import Sequence
from importlib import import_module

from vlprompt.errors import UserError, suggest
from vlprompt.version import __version__

from .commands import COMMANDS, FAMILIES, GROUPS
from .common import EXIT_USER_ERROR, run_command

HELP = ('-h', '--help', 'help')
OPENING = (
    'Adapt image CLIP to video: train, evaluate and use such models.',
    '',
    '    vlprompt demo',
)


def main() -> None:
    """Run the command that the process was given."""
    run_command(lambda: start(sys.argv[1:]))


def start(words: Sequence[str]) -> object:
    """Run a command, ``['data', 'check', 'list.txt', '--root', 'videos']``.

    Returns:
        What the command's ``main`` returns.

    Raises:
        UserError: If there is no such command; it names similar ones.
    """
    first, *rest = words or HELP[:1]
    if first in HELP:
        return print(overview())
    if first == '--version':
        return print(f'vlprompt {__version__}')
    for length in (2, 1):
        name = ' '.join(words[:length])
        if name in COMMANDS:
            module = import_module(COMMANDS[name].module)
            return module.main(words[length:])
    if first not in FAMILIES or rest and rest[0] not in HELP:
        raise UserError(_unknown(first, rest))
    print(overview(first))
    return None if rest else sys.exit(EXIT_USER_ERROR)


def overview(family: str = '') -> str:
    """The commands, or those of a family, with a sentence each."""
    lines = [] if family else [*OPENING, '']
    lines += [f'usage: vlprompt {family or "COMMAND"} ...', '']
    for title, group in GROUPS.items():
        rows = [
            f'  {command.name:<23}{command.purpose}'
            for command in group
            if not family or command.name.startswith(f'{family} ')
        ]
        if rows:
            lines += [f'{title}:', *rows, '']
    lines.append('`vlprompt COMMAND --help` shows the flags of a command.')
    return '\n'.join(lines)


def _unknown(first: str, rest: Sequence[str]) -> str:
    given = ' '.join([first, *rest[:1]]) if first in FAMILIES else first
    word = given.replace('_', '-')
    members = [name for name in COMMANDS if name.endswith(f' {word}')]
    near = suggest(word, [*COMMANDS, *FAMILIES])
    if members:  # of a family that was left out
        near = f'; did you mean {" or ".join(members)}?'
    return f'unknown command {given!r}{near} (`vlprompt --help` lists all)'
