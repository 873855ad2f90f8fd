"""Train a model.

Checkpoints, logs and metrics go to the work folder; --resume goes on from
what lies there.

In place of a config it takes a folder of videos: FOLDER/<class>/*.mp4, or
train/ and val/ above the classes (or a list, path,class a line).  It checks
and splits the videos, tests vanilla CLIP on them, chooses settings that fit
the machine, trains, and says what was gained; the same command again picks up
where it left off.

    vlprompt train my_videos
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.tracking.trackers import add_track_argument, use_trackers
from vlprompt.whole_files import check_writable, remove_leftovers

from . import launch, train_folder
from .common import add_common_arguments
from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config
    from torch import nn

    from vlprompt.apis import Checkpoint
    from vlprompt.own_videos.outcome import Outcome

EXAMPLE = 'vlprompt train configs/vilt/vilt_b16_k400.py --amp --gpus 8'


def add_arguments(parser: ArgumentParser) -> None:
    """Add MMAction2's flags of training, and those that start processes."""
    parser.add_argument(
        'config',
        help='file, package::file of a package, or a folder of videos',
    )
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
    add_track_argument(parser)
    launch.add_launch_arguments(parser)
    train_folder.add_folder_arguments(parser)


def merge_args(config: Config, args: Namespace) -> Checkpoint | None:
    """Put the flags into the config.

    Returns:
        The checkpoint that the run goes on from.
    """
    from vlprompt.apis import set_work_dir
    from vlprompt.apis.mixed_precision import use_mixed_precision

    from .train_options import resume, scale_learning_rate, set_randomness

    set_work_dir(config, args.work_dir)
    set_randomness(config, args.seed, args.diff_rank_seed, args.deterministic)
    if args.no_validate:
        config.val_cfg = config.val_dataloader = config.val_evaluator = None
    if args.amp:
        use_mixed_precision(config)
    if args.auto_scale_lr:
        scale_learning_rate(config)
    if args.resume:
        return resume(config, args.resume)
    if config.get('resume'):  # as MMEngine has it
        return resume(config, config.get('load_from') or 'auto')
    return None


def run(args: Namespace) -> nn.Module | Outcome | Path | None:
    """Train, here or in the processes that the flags ask for.

    Returns:
        The trained model, None if the run was finished before; of a folder
        of videos what came out, or its config.
    """
    if train_folder.names_videos(args.config):
        return train_folder.run(args)
    train_folder.refuse_flags_of_folders(args)
    if launch.is_launcher(args):
        launch.start('train', args)
    from vlprompt.apis import build_runner, load_config
    from vlprompt.apis.inputs import check_inputs
    from vlprompt.records import RecordHook

    from .common import is_first
    from .processes import set_up_processes
    from .train_options import finished

    config = load_config(args.config, args.cfg_options)
    found = merge_args(config, args)
    if found and (line := finished(config, found)):
        if is_first():
            print(line)
        return None
    check_inputs(config, 'train', 'val')
    use_trackers(config, args.track or ())
    check_writable(config.work_dir)
    if is_first():
        remove_leftovers(config.work_dir)
    set_up_processes(config, args.launcher)
    with _interruptions_explained(config.work_dir):
        runner = build_runner(config)
        runner.register_hook(RecordHook())
        return runner.train()


@contextmanager
def _interruptions_explained(work_dir: str) -> Iterator[None]:
    """Say what is kept of a run that is interrupted, and how to go on."""
    from vlprompt.apis.checkpoints import checkpoints_of

    try:
        yield
    except KeyboardInterrupt as stop:
        kept = checkpoints_of(work_dir)
        if kept:
            line = f'{kept[0]} is kept; add --resume to go on from it'
        else:
            line = 'there is no checkpoint yet'
        raise type(stop)(line) from None


def main(
    args: Sequence[str] | None = None,
) -> nn.Module | Outcome | Path | None:
    """Train, and return what :func:`run` does."""
    return run(parse(__name__, args))
