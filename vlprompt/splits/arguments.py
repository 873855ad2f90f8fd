"""The flags of ``vlprompt data split``."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from vlprompt.datasets.lists.text_files import read_number


def add_arguments(parser: ArgumentParser) -> None:
    """Add the sub-commands.

    Every one has ``command``, and ``labels``, ``train``, ``val``, ``counts``,
    ``add_suffix`` and ``base_names``, given or not.
    """
    parsers = parser.add_subparsers(
        dest='command', required=True, parser_class=ArgumentParser
    )
    for name, purpose, add_flags in (
        ('few-shot', 'K videos of each class', _few_shot),
        ('base-to-novel', 'the frequent classes and the others', _halves),
        ('zero-shot-k600', 'classes that Kinetics-400 has not', _zero_shot),
        ('subset', 'a small training list', _subset),
        ('verify', 'check split files', _verify),
    ):
        sub = parsers.add_parser(name, help=purpose, description=purpose)
        sub.set_defaults(train=None, val=None, counts=None)
        _add_style(sub)
        add_flags(sub)


def _few_shot(parser: ArgumentParser) -> None:
    _add_labels(parser)
    _add_list(parser, 'train', required=True)
    parser.add_argument(
        '--shots', type=_number, nargs='+', default=[2, 4, 8, 16]
    )
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument(
        '--split', type=_number, default=1, help='the N of trainN_few_shot_*'
    )
    parser.add_argument(
        '--nested',
        dest='draw',
        action='store_const',
        const='nested',
        default='independent',
        help='the 4 shots contain the 2, and so on',
    )
    _add_allow_fewer(parser)
    _add_out(parser)


def _halves(parser: ArgumentParser) -> None:
    _add_labels(parser)
    _add_list(parser, 'train')
    _add_list(parser, 'val')
    _add_counts(parser)
    parser.add_argument('--shots', type=_number, default=16)
    parser.add_argument('--seeds', type=int, nargs='+', default=[1, 2, 3])
    _add_allow_fewer(parser)
    _add_out(parser)


def _zero_shot(parser: ArgumentParser) -> None:
    _add_labels(parser, default='kinetics600')
    _add_list(parser, 'val')
    _add_trained_on(parser)
    parser.add_argument('--classes', type=_number, default=160)
    parser.add_argument('--seeds', type=int, nargs='+', default=[1, 2, 3])
    _add_out(parser)


def _subset(parser: ArgumentParser) -> None:
    _add_labels(parser)
    _add_list(parser, 'train', required=True)
    parser.add_argument('--per-class', type=_number, required=True)
    parser.add_argument('--seed', type=int, default=1)
    _add_allow_fewer(parser)
    _add_out(parser)


def _verify(parser: ArgumentParser) -> None:
    _add_labels(parser)
    _add_list(parser, 'train')
    _add_list(parser, 'val')
    _add_counts(parser)
    _add_trained_on(parser)
    _add_allow_fewer(parser)
    parser.add_argument(
        '--splits', type=Path, required=True, help='folder that is checked'
    )
    for half in ('base', 'novel'):
        parser.add_argument(
            f'--{half}-labels',
            help=f'their class list, if it is not {half}_labels.csv in the '
            'folder',
        )
    parser.add_argument(
        '--shots',
        type=_number,
        help='of fs_base_s*_train.txt, 16 if nothing says otherwise',
    )
    parser.add_argument(
        '--any-order',
        action='store_true',
        help='base_train.txt and the like may be in another order',
    )


def _add_style(parser: ArgumentParser) -> None:
    parser.add_argument(
        '--add-suffix',
        type=_suffix,
        metavar='.EXT',
        help="added to names without it; lists may then be UniFormer's, "
        '"name frames label"',
    )
    parser.add_argument(
        '--base-names', action='store_true', help='drop the folders of paths'
    )


def _add_labels(parser: ArgumentParser, default: str | None = None) -> None:
    parser.add_argument(
        '--labels',
        default=default,
        required=default is None,
        help='class list: a file, or the name of one of the library',
    )


def _add_list(
    parser: ArgumentParser, name: str, required: bool = False
) -> None:
    parser.add_argument(
        f'--{name}',
        metavar='LIST',
        required=required,
        help='all videos, "path label" or "path,label" a line',
    )


def _add_counts(parser: ArgumentParser) -> None:
    parser.add_argument(
        '--counts',
        type=Path,
        metavar='FILE.csv',
        help='"id,name,count" instead of counting the training list',
    )


def _add_trained_on(parser: ArgumentParser) -> None:
    parser.add_argument(
        '--trained-on',
        default='kinetics400',
        metavar='LABELS',
        help='classes that are not new',
    )


def _add_allow_fewer(parser: ArgumentParser) -> None:
    parser.add_argument(
        '--allow-fewer',
        action='store_true',
        help='take all videos of a class that has fewer',
    )


def _add_out(parser: ArgumentParser) -> None:
    parser.add_argument('--out', type=Path, required=True, help='folder')
    parser.add_argument(
        '--force', action='store_true', help='replace files that differ'
    )


def _number(text: str) -> int:
    number = read_number(text)
    if not number:
        raise ArgumentTypeError(f'{text!r}, expected 1, 2, 3, ...')
    return number


def _suffix(text: str) -> str:
    if not text.startswith('.'):
        raise ArgumentTypeError(f'{text!r}, expected one such as .avi')
    return text
