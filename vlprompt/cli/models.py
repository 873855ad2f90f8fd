"""List the configs of all methods.

The list has what a config trains on, the frames of a view, and how many of
the parameters are learned.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from itertools import groupby

from vlprompt.errors import UserError

from .parsing import parse
from .shipped_configs import ShippedConfig, shipped_configs

EXAMPLE = 'vlprompt models vilt k400'
ROW = '  {:<41}{:<12}{:>6}{:>12}{:>6}'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the words that are searched for."""
    parser.add_argument(
        'search',
        nargs='*',
        metavar='WORD',
        help='list only configs with all of these in name, method or data',
    )


def run(args: Namespace) -> list[ShippedConfig]:
    """Print the configs, and return them."""
    words = [word.lower() for word in args.search]
    found = [c for c in shipped_configs() if _matches(c, words)]
    if not found:
        raise UserError(
            f'no config has {" and ".join(words)} in name, method or data '
            '(`vlprompt models` lists all)'
        )
    print(ROW.format('', 'trains on', 'frames', 'trainable', 'of'))
    for method, configs in groupby(found, lambda config: config.method):
        print(method)
        for config in configs:
            print(_row(config))
    print(
        '\nTrain one with `vlprompt train vlprompt::NAME.py`, or edit a copy '
        'of it:\n`vlprompt models copy NAME`.'
    )
    return found


def _matches(config: ShippedConfig, words: Sequence[str]) -> bool:
    text = f'{config.name} {config.method} {config.data}'.lower()
    return all(word in text for word in words)


def _row(config: ShippedConfig) -> str:
    return ROW.format(
        config.name,
        config.data or '-',
        config.frames,
        f'{config.trainable:,}',
        f'{config.parameters / 1e6:.0f} M',
    )


def main(args: Sequence[str] | None = None) -> list[ShippedConfig]:
    """List configs."""
    return run(parse(__name__, args))
