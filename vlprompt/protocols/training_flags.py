"""The flags of protocols that train."""

from argparse import ArgumentParser


def add_training_arguments(parser: ArgumentParser, places: str) -> None:
    """Add ``--ckpts`` and ``--seed``.

    Args:
        parser: Gets the flags.
        places: What may stand in the names of checkpoints.
    """
    parser.add_argument(
        '--ckpts',
        metavar='PATTERN',
        help=f'checkpoints to test instead of training, with {places} in '
        'their names',
    )
    parser.add_argument('--seed', type=int, default=0, help='of training')
