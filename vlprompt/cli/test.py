"""Evaluate a model: ``python tools/test.py CONFIG [CHECKPOINT] [flags]``."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from mmengine.config import Config

from vlprompt.apis import build_runner, load_config, set_work_dir
from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.cli.common import add_common_arguments, run_command
from vlprompt.cli.processes import set_up_processes
from vlprompt.cli.test_options import (
    dump_predictions,
    skip_broken_videos,
    visualize,
    write_metrics,
)


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Evaluate a model')
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help='what was learnt; `none` for a model as it is made, which is '
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
        '--interval', type=int, default=1, help='draw one video in so many'
    )
    parser.add_argument(
        '--wait-time', type=float, default=2, help='seconds for each window'
    )
    return parser.parse_args(args)


def merge_args(config: Config, args: Namespace) -> None:
    """Put the flags into the config."""
    set_work_dir(config, args.work_dir)
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


def main(args: Sequence[str] | None = None) -> dict:
    """Evaluate, and return the metrics."""
    args = parse_args(args)
    config = load_config(args.config, args.cfg_options)
    merge_args(config, args)
    set_up_processes(config, args.launcher)
    metrics = build_runner(config).test()
    write_metrics(metrics, config.work_dir)
    return metrics


if __name__ == '__main__':
    run_command(main)
