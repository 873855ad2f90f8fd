"""List the configs of all methods.

The table has what the headers of the configs say: method and data, frames of
a view and trainable parameters.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from vlprompt.errors import UserError

from .parsing import parse
from .shipped_configs import ShippedConfig, shipped_configs

EXAMPLE = 'vlprompt models vilt k400'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the words that are searched for."""
    parser.add_argument(
        'search',
        nargs='*',
        metavar='WORD',
        help='list only configs with all of these in their name or title',
    )


def run(args: Namespace) -> list[ShippedConfig]:
    """Print the configs, and return them."""
    words = [word.lower() for word in args.search]
    found = [
        config
        for config in shipped_configs()
        if all(w in f'{config.name} {config.title}'.lower() for w in words)
    ]
    if not found:
        raise UserError(
            f'no config has {" and ".join(words)} in its name or title'
        )
    table = Table(box=SIMPLE)
    table.add_column('name', no_wrap=True)
    table.add_column('what')
    for column in ('frames', 'trainable'):
        table.add_column(column, justify='right')
    for name, _, *cells in found:
        table.add_row(name, *cells)
    console = Console(markup=False, emoji=False, highlight=False)
    console.print(table)
    console.print(
        'Train one with `vlprompt train vlprompt::NAME.py`, or edit a copy of '
        'it: `vlprompt models copy NAME`.'
    )
    return found


def main(args: Sequence[str] | None = None) -> list[ShippedConfig]:
    """List configs."""
    return run(parse(__name__, args))
