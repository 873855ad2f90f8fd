"""Arguments that several protocols have."""

from argparse import ArgumentParser

CONFIG = 'file, or package::file of a package'


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


def add_model_arguments(parser: ArgumentParser) -> None:
    """Add the config and the checkpoint of a model that is tested."""
    parser.add_argument('config', help=CONFIG)
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help="what was learned; the config's load_from if not given",
    )
