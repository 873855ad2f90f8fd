"""Retrieval: ``python tools/eval/retrieval.py CONFIG CHECKPOINT``.

Ranks videos by captions and captions by videos, on the config's own test set
or on the data sets that are named.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config

from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.cli.common import run_command
from vlprompt.datasets.caption_sets import (
    find_caption_set,
    point_at_captions,
)
from vlprompt.errors import UserError
from vlprompt.evaluation.retrieval import TIES, VIDEO_TO_TEXT

from . import (
    Job,
    add_protocol_arguments,
    add_training_arguments,
    dry_run,
    find_config,
    finish,
    learns,
    make_jobs,
    markdown,
    published_rows,
    read_published,
    train_and_test,
)

NUMBERS = ('R1', 'R5', 'MnR', 'R10', 'MdR')  # the papers print the first
HEAD = ('R@1', 'R@5', 'MnR', 'R@10', 'MdR')
DIRECTIONS = {'t2v': 'text to video', 'v2t': 'video to text'}


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        'config',
        help='a config, with {dataset} in its name if there is one for each',
    )
    parser.add_argument('checkpoint', nargs='?', help='the same as --ckpts')
    parser.add_argument(
        '--datasets',
        nargs='+',
        default=[],
        help='msrvtt9k msrvtt7k msvd lsmdc, or what stands for {dataset}',
    )
    parser.add_argument(
        '--train', action='store_true', help='train first, by the config'
    )
    parser.add_argument(
        '--v2t',
        choices=[*VIDEO_TO_TEXT],
        default='group',
        help='what a video ranks: the captions of a video as a group, or '
        'single captions',
    )
    parser.add_argument(
        '--tie',
        choices=[*TIES],
        default='strict',
        help='whether an equal score costs nothing or half a rank',
    )
    add_training_arguments(parser, '{dataset}')
    add_protocol_arguments(parser)
    return parser.parse_args(args)


def make_todo(args: Namespace) -> dict[str, list[Job]]:
    """The jobs of each data set."""
    shared = args.datasets and '{dataset}' not in args.config
    args.ckpts = args.checkpoint or args.ckpts
    todo = {}
    for dataset in args.datasets or [Path(args.config).stem]:
        place = dict(dataset=dataset)
        config = find_config(args.config, args.cfg_options, **place)
        if shared:
            captions = find_caption_set(dataset)
            point_at_captions(config, captions, args.data_root)
        else:
            relocate(config, args.data_root)
        if 'Caption' not in config.test_dataloader.dataset.type:
            raise UserError(
                f'{config.filename} tests no captions but '
                f'{config.test_dataloader.dataset.type}'
            )
        config.test_evaluator = dict(
            type='VideoTextRetrievalMetric', v2t=args.v2t, tie=args.tie
        )
        if not args.ckpts and not args.train and learns(config):
            set_checkpoint(config, None)
        todo[dataset] = train_and_test(
            args, dataset, dict(test=config), **place
        )
    return todo


def relocate(config: Config, data_root: str) -> None:
    """Read from another folder than ``data``."""
    for name in ('train', 'val', 'test'):
        loader = config.get(f'{name}_dataloader')
        if loader is not None:
            dataset = loader.dataset
            dataset.ann_file = _below(dataset.ann_file, data_root)
            video = _below(dataset.data_prefix.video, data_root)
            dataset.data_prefix.video = video


def _below(path: str, data_root: str) -> str:
    if Path(path).parts[:1] != ('data',):
        return path
    return str(Path(data_root, *Path(path).parts[1:]))


def make_tables(args: Namespace, metrics: dict[str, dict]) -> str:
    """One table for each data set and direction."""
    tables = []
    for dataset in args.datasets or [Path(args.config).stem]:
        values = metrics[f'{dataset}/test']
        rows = [
            [
                f'{args.name}, {title}',
                *(f'{values[f"{key}/{name}"]:.1f}' for name in NUMBERS),
            ]
            for key, title in DIRECTIONS.items()
        ]
        if args.with_published:
            name = next(
                (
                    n
                    for n in ('msrvtt', 'msvd', 'lsmdc', 'didemo')
                    if n in dataset
                ),
                dataset,
            )
            wanted = [(name, '', f't2v_{key}') for key in NUMBERS]
            numbers = read_published('retrieval')
            rows += published_rows(numbers, wanted)
        tables.append(f'{dataset}\n\n{markdown(["Method", *HEAD], rows)}')
    return '\n'.join(tables)


def notes(args: Namespace, metrics: dict[str, dict]) -> list[str]:
    """What the numbers are of."""
    lines = [
        'Published rows are text to video. R@k in percent, MdR and MnR are '
        'median and mean rank.',
        '',
        f'* video to text ranks {args.v2t}s; ties: {args.tie}',
    ]
    for name, values in metrics.items():
        if values:
            lines.append(
                f'* {name}: {values["captions"]:.0f} captions, of which '
                f'{values["truncated"]:.0f} lost their ends'
            )
    return lines


def main(args: Sequence[str] | None = None) -> None:
    """Test and print the table."""
    args = parse_args(args)
    todo = [job for jobs in make_todo(args).values() for job in jobs]
    jobs = make_jobs(args, 'retrieval')
    if dry_run(args, jobs, todo):
        return
    metrics = jobs.run(todo)
    lines = notes(args, metrics)
    finish(args, 'retrieval', make_tables(args, metrics), lines, metrics)


if __name__ == '__main__':
    run_command(main)
