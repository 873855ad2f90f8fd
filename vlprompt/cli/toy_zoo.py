"""Compare all methods in the toy world.

It trains each method, alone and with what may be added to it (averaging of
weights, distillation, descriptions, frames that share keys), with the same
budget and some seeds, tests it on base and novel classes, and prints tables:
accuracy on motions that the frames show in any order, and on those that only
their order shows.  It can be stopped at any time: what is there from an
earlier run is used again.
"""

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.threads import usable_cores
from vlprompt.toy.zoo_variants import VARIANTS

from .parsing import parse

EXAMPLE = 'vlprompt toy zoo --only vilt_toy xclip_toy --seeds 0'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        '--data',
        type=Path,
        default=Path('data/toy'),
        help='folder of the toy world, data/toy by default',
    )
    parser.add_argument(
        '--out',
        type=Path,
        default=Path('work_dirs/zoo_toy'),
        help='folder of the results, work_dirs/zoo_toy by default',
    )
    parser.add_argument('--seeds', type=int, nargs='+', default=[0, 1, 2])
    parser.add_argument('--epochs', type=int, default=12)
    parser.add_argument('--batch-size', type=int, default=8)
    parser.add_argument(
        '--only',
        nargs='+',
        metavar='METHOD',
        help='names of methods, or stems of their configs; all by default',
    )
    parser.add_argument(
        '--variants',
        nargs='+',
        choices=list(VARIANTS),
        default=list(VARIANTS),
        metavar='VARIANT',
        help=f'some of {", ".join(VARIANTS)}; all by default',
    )
    parser.add_argument(
        '--show',
        action='store_true',
        help='train nothing, print and write what is there',
    )
    parser.add_argument(
        '--jobs', type=int, default=usable_cores(), help='runs at a time'
    )
    parser.add_argument(
        '--table',
        type=Path,
        help='where to write the page of all methods, as Markdown',
    )
    # CONFIG VARIANT SEED: what a process that it starts runs
    parser.add_argument('--one', nargs=3, help=SUPPRESS)


def run(args: Namespace) -> None:
    """Run what is missing, and print the table."""
    from vlprompt.toy import zoo

    zoo.run(args)


def main(args: Sequence[str] | None = None) -> None:
    """Compare the methods."""
    run(parse(__name__, args))
