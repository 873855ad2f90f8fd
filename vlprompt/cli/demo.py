"""Train and evaluate a model in the toy world.

It makes the toy world, trains ViLT-CLIP on the base classes, and evaluates
vanilla CLIP and ViLT-CLIP on base and novel classes: no data, no weights and
no GPU are needed.  What is there from an earlier run is used again.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from .parsing import parse

EXAMPLE = 'vlprompt demo'


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
        default=Path('work_dirs/quickstart'),
        help='folder of the results, work_dirs/quickstart by default',
    )
    parser.add_argument('--seed', type=int, default=0, help='of training')
    parser.add_argument('--epochs', type=int, default=8)
    parser.add_argument(
        '--world',
        nargs='*',
        default=[],
        metavar='FLAG',
        help='flags of vlprompt toy world, without the dashes: num-train=2',
    )
    parser.add_argument(
        '--force', action='store_true', help='train and evaluate anew'
    )


def run(args: Namespace) -> None:
    """Run what is missing, and report."""
    from vlprompt.toy import quickstart

    quickstart.run(args)


def main(args: Sequence[str] | None = None) -> None:
    """Run the demo."""
    run(parse(__name__, args))
