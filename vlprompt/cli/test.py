"""Evaluate a model.

The metrics are printed and written to metrics.json in the work folder.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.whole_files import check_writable

from . import launch
from .common import add_common_arguments
from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config

EXAMPLE = 'vlprompt test configs/vilt/vilt_b16_k400.py epoch_30.pth --gpus 8'


def add_arguments(parser: ArgumentParser) -> None:
    """Add MMAction2's flags of testing, and those that start processes."""
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help='what was learned; `none` for a model as it is made, which is '
        'also what a model that learns nothing (vanilla CLIP) takes',
    )
    add_common_arguments(parser)
    parser.add_argument(
        '--dump', metavar='FILE.pkl', help='write the predictions to a file'
    )
    parser.add_argument(
        '--skip-broken',
        action='store_true',
        help='report how many videos cannot be read, and score the others',
    )
    parser.add_argument('--show-dir', help='folder for drawn predictions')
    parser.add_argument(
        '--show', action='store_true', help='show predictions in a window'
    )
    parser.add_argument(
        '--interval', type=int, default=1, help='draw every N-th video'
    )
    parser.add_argument(
        '--wait-time', type=float, default=2, help='seconds for each window'
    )
    launch.add_launch_arguments(parser)


def merge_args(config: Config, args: Namespace) -> None:
    """Put the flags into the config."""
    from vlprompt.apis import set_checkpoint, set_work_dir
    from vlprompt.tracking.trackers import use_trackers

    from .test_options import dump_predictions, skip_broken_videos, visualize

    set_work_dir(config, args.work_dir)
    use_trackers(config, ())
    set_checkpoint(config, args.checkpoint)
    if args.dump:
        dump_predictions(config, args.dump)
    if args.skip_broken:
        skip_broken_videos(config)
    if args.show or args.show_dir:
        visualize(
            config,
            show=args.show,
            out_dir=args.show_dir,
            interval=args.interval,
            wait_time=args.wait_time,
        )


def run(args: Namespace) -> dict:
    """Evaluate, here or in the processes that the flags ask for."""
    if launch.is_launcher(args):
        launch.start('test', args)
    from vlprompt.apis import build_runner, load_config
    from vlprompt.apis.inputs import check_inputs
    from vlprompt.datasets.readers.decoder_name import decoder_name
    from vlprompt.records import RecordHook

    from .processes import set_up_processes
    from .test_options import write_metrics

    config = load_config(args.config, args.cfg_options)
    merge_args(config, args)
    check_inputs(config, 'test')
    check_writable(config.work_dir)
    if args.dump:
        check_writable(Path(args.dump).parent)
    set_up_processes(config, args.launcher)
    runner = build_runner(config)
    runner.register_hook(RecordHook())
    metrics = runner.test()
    pipeline = config.test_dataloader.dataset.get('pipeline') or ()
    write_metrics(metrics, config.work_dir, decoder_name(pipeline))
    return metrics


def main(args: Sequence[str] | None = None) -> dict:
    """Evaluate, and return the metrics."""
    return run(parse(__name__, args))
