"""What ``vlprompt train FOLDER`` takes beside the flags of training."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.clip_flag import check_clip_flag
from vlprompt.errors import UserError

from .parsing import make_parser

if TYPE_CHECKING:
    from vlprompt.own_videos.outcome import Outcome

# Flags for a folder alone, and for a config alone.
OF_FOLDERS = (
    'method', 'base_config', 'clip', 'classes', 'epochs', 'batch_size',
    'val_share', 'prepare_only', 'cache_features',
)  # fmt: skip
OF_CONFIGS = (
    'amp', 'no_validate', 'auto_scale_lr', 'diff_rank_seed', 'deterministic',
    'launcher', 'gpus', 'slurm', 'job_name', 'gpus_per_node', 'cpus_per_task',
    'srun_args', 'track',
)  # fmt: skip


def add_folder_arguments(parser: ArgumentParser) -> None:
    """Add the flags that a folder of videos takes."""
    group = parser.add_argument_group('a folder of videos')
    group.add_argument(
        '--method', help='vilt (the default), vifi, xclip, maple, aim, ...'
    )
    group.add_argument(
        '--base-config', metavar='CONFIG', help="in place of a method's"
    )
    group.add_argument(
        '--clip',
        metavar='FILE',
        help="CLIP's weights; `toy` for the small CLIP of the toy world",
    )
    group.add_argument(
        '--classes', metavar='FILE', help='class names, for a list with ids'
    )
    group.add_argument(
        '--epochs', type=int, help='chosen by the number of videos by default'
    )
    group.add_argument(
        '--batch-size', type=int, help='chosen by the memory by default'
    )
    group.add_argument(
        '--val-share',
        type=float,
        help='share of the videos to hold out, 0.2 by default',
    )
    group.add_argument(
        '--prepare-only',
        action='store_true',
        help='check and split the videos and write the config, for '
        '`vlprompt train CONFIG --gpus 8` or --slurm',
    )
    group.add_argument(
        '--cache-features',
        action='store_true',
        help='encode the frames once, without augmentation, for methods that '
        'leave the vision tower as it is (a5, vifi_text)',
    )


def names_videos(given: str) -> bool:
    """Whether it is a folder or a list of videos rather than a config."""
    path = Path(given)
    if '::' in given:
        return False
    if path.is_dir():  # one of configs alone is given by mistake
        is_deep = any(entry.is_dir() for entry in path.iterdir())
        return is_deep or not any(path.glob('*.py'))
    return path.suffix.lower() in ('.txt', '.csv')


def refuse_flags_of_folders(args: Namespace) -> None:
    """Refuse what only a folder takes, with a config.

    Raises:
        UserError: With the first such flag.
    """
    for name in OF_FOLDERS:
        if _is_given(args, name):
            raise UserError(
                f'{_flag(name)} is for a folder of videos, and {args.config} '
                'is none; --cfg-options changes a config'
            )


def run(args: Namespace) -> Outcome | Path:
    """Train on a folder.

    Raises:
        UserError: If a flag is for configs.
    """
    if args.resume not in (None, 'auto'):
        raise UserError(
            f'--resume {args.resume} is for a config: a folder goes on from '
            'its own last checkpoint'
        )
    for name in OF_CONFIGS:
        if _is_given(args, name):
            raise UserError(
                f'{_flag(name)} is for a config: --prepare-only writes one '
                f'for {args.config}'
            )
    if args.clip != 'toy':
        check_clip_flag(args.clip)
    if not Path(args.config).exists():
        raise UserError(f'no list of videos at {args.config}')
    from vlprompt.own_videos.train import train_folder

    given = {
        name: value
        for name in (*OF_FOLDERS, 'seed', 'work_dir', 'cfg_options')
        if (value := getattr(args, name)) is not None
    }
    return train_folder(args.config, **given)


def _is_given(args: Namespace, name: str) -> bool:
    # The default of a flag is not always false, and --slurm alone is ''.
    parser = make_parser('vlprompt.cli.train')
    return getattr(args, name) != parser.get_default(name)


def _flag(name: str) -> str:
    return f'--{name.replace("_", "-")}'
