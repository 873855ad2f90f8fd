"""Flags that point a command at other test videos than the config's."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.datasets.catalog import Split


def add_test_data_arguments(parser: ArgumentParser) -> None:
    """Add the flags for another list, or another data set by name."""
    parser.add_argument(
        '--dataset',
        metavar='NAME',
        help='a data set of the protocols: hmdb51, ucf101, ...',
    )
    parser.add_argument(
        '--split',
        help='of its zero-shot splits (or just its number); all test videos '
        'of all its classes if left out',
    )
    parser.add_argument('--data-root', default='data')
    parser.add_argument(
        '--ann-file', metavar='FILE', help='other videos than the config says'
    )
    parser.add_argument('--classes', help='their class list: a name or a file')
    parser.add_argument(
        '--video-root', metavar='DIR', help='the folder their paths are below'
    )


def set_test_data(config: Config, args: Namespace) -> None:
    """Let the test of a config read other videos; changed in place.

    Args:
        config: The config.
        args: The values of the flags.

    Raises:
        UserError: If the config has no test data, or there is no such data
            set or split.
    """
    from vlprompt.datasets.catalog import find_data_set
    from vlprompt.datasets.use_lists import use_split

    loader = config.get('test_dataloader')
    if loader is None:
        raise UserError(f'the config {config.filename} has no test_dataloader')
    if args.dataset is not None:
        data = find_data_set(args.dataset)
        split = _split(args, data.full, data.zero_shot)
        use_split(loader, data, split, args.data_root, 'official')
    elif args.split is not None:
        raise UserError(f'--split {args.split} without --dataset')
    if args.ann_file is not None:
        loader.dataset.ann_file = args.ann_file
    if args.classes is not None:
        loader.dataset.classes = args.classes
    if args.video_root is not None:
        loader.dataset.data_prefix = dict(video=args.video_root)


def _split(args: Namespace, full: Split | None, splits: dict) -> Split:
    if args.split is None and full is not None:
        return full
    for name, split in splits.items():
        if args.split in (name, re.sub(r'\D', '', name)):
            return split
    raise UserError(
        f'--dataset {args.dataset} --split {args.split}: expected one of '
        f'{", ".join(splits) or "no split"}'
    )
