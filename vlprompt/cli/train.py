"""Train a model.

Checkpoints, logs and metrics go to the work folder; --resume goes on from
what lies there.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import launch
from .common import add_common_arguments
from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config
    from torch import nn

EXAMPLE = 'vlprompt train configs/vilt/vilt_b16_k400.py --amp --gpus 8'


def add_arguments(parser: ArgumentParser) -> None:
    """Add MMAction2's flags of training, and those that start processes."""
    parser.add_argument('config', help='file, or package::file of a package')
    add_common_arguments(parser)
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from a checkpoint, or from the last one in the work '
        'folder that is complete',
    )
    parser.add_argument(
        '--amp', action='store_true', help='mixed precision, bf16 if possible'
    )
    parser.add_argument(
        '--no-validate', action='store_true', help='no validation at all'
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate by real over base batch size',
    )
    parser.add_argument('--seed', type=int, help='random seed')
    parser.add_argument(
        '--diff-rank-seed',
        action='store_true',
        help='another seed in each process',
    )
    parser.add_argument(
        '--deterministic',
        action='store_true',
        help='deterministic algorithms of cuDNN',
    )
    launch.add_launch_arguments(parser)


def merge_args(config: Config, args: Namespace) -> None:
    """Put the flags into the config."""
    from vlprompt.apis import set_work_dir

    from .train_options import (
        resume,
        scale_learning_rate,
        set_randomness,
        use_mixed_precision,
    )

    set_work_dir(config, args.work_dir)
    set_randomness(config, args.seed, args.diff_rank_seed, args.deterministic)
    if args.no_validate:
        config.val_cfg = config.val_dataloader = config.val_evaluator = None
    if args.amp:
        use_mixed_precision(config)
    if args.auto_scale_lr:
        scale_learning_rate(config)
    if args.resume:
        resume(config, args.resume)


def run(args: Namespace) -> nn.Module:
    """Train, here or in the processes that the flags ask for."""
    if launch.is_launcher(args):
        launch.start('train', args)
    from vlprompt.apis import build_runner, load_config
    from vlprompt.records import RecordHook

    from .processes import set_up_processes

    config = load_config(args.config, args.cfg_options)
    merge_args(config, args)
    set_up_processes(config, args.launcher)
    runner = build_runner(config)
    runner.register_hook(RecordHook())
    return runner.train()


def main(args: Sequence[str] | None = None) -> nn.Module:
    """Train, and return the trained model."""
    return run(parse(__name__, args))
