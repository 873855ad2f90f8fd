"""Zero-shot: ``python tools/eval/zero_shot.py CONFIG [CHECKPOINT]``.

Tests a model on classes it was not trained on, on every split of each data
set, and prints means and deviations.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.apis import load_config
from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.cli.common import run_command
from vlprompt.errors import UserError

from . import (
    ProtocolData,
    add_protocol_arguments,
    describe,
    dry_run,
    evaluation_job,
    find_data_set,
    finish,
    make_jobs,
    markdown,
    mean_and_deviation,
    percent,
    point_at,
    published_rows,
    read_published,
)


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('config')
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument(
        '--datasets',
        nargs='+',
        default=['hmdb51', 'ucf101', 'kinetics600'],
        help='names, or .py files that describe your own',
    )
    parser.add_argument(
        '--ddof',
        type=int,
        choices=(0, 1),
        default=0,
        help='the deviation divides by the number of splits less this',
    )
    add_protocol_arguments(parser)
    return parser.parse_args(args)


def make_todo(args: Namespace, sets: dict[str, ProtocolData]) -> list:
    """One test for each split."""
    todo = []
    for name, data in sets.items():
        for split, content in data.zero_shot.items():
            config = load_config(args.config, args.cfg_options)
            set_checkpoint(config, args.checkpoint)
            loader = config.test_dataloader
            point_at(loader, data, content, args.data_root, args.label_order)
            checkpoint = config.load_from or 'none'
            job = f'{Path(name).stem}/{split}'
            todo.append(evaluation_job(args, job, config, checkpoint))
    return todo


def make_tables(
    args: Namespace, sets: dict[str, ProtocolData], metrics: dict
) -> str:
    """Means over the splits, then every split."""
    columns = [
        (name, key)
        for name, data in sets.items()
        for key in ('top1', 'top5')[: 2 if data.published == 'k600' else 1]
    ]
    head = ['Method']
    row = [args.name]
    for name, key in columns:
        data = sets[name]
        head.append(data.title + (f' {key}' if len(columns) > 1 else ''))
        values = [
            100 * metrics[f'{Path(name).stem}/{split}'][f'acc/{key}']
            for split in data.zero_shot
        ]
        row.append(mean_and_deviation(values, args.ddof))
    rows = [row]
    if args.with_published:
        wanted = [(sets[name].published, '', key) for name, key in columns]
        rows += published_rows(read_published('zero_shot'), wanted)
    splits = [
        [
            job,
            percent(100 * values['acc/top1']),
            percent(100 * values['acc/top5']),
        ]
        for job, values in metrics.items()
    ]
    divisor = 'number of splits' + (' - 1' if args.ddof else '')
    return (
        f'{markdown(head, rows)}\nTop-1 in percent, mean ± standard deviation '
        f'over the splits (sum of squares over the {divisor}).\n\n'
        f'{markdown(["Split", "Top-1", "Top-5"], splits)}'
    )


def main(args: Sequence[str] | None = None) -> None:
    """Test on all splits and print the table."""
    args = parse_args(args)
    sets = {name: find_data_set(name) for name in args.datasets}
    for name, data in sets.items():
        if not data.zero_shot:
            raise UserError(f'{name} has no zero-shot splits')
    todo = make_todo(args, sets)
    jobs = make_jobs(args, 'zero_shot')
    if dry_run(args, jobs, todo):
        return
    metrics = jobs.run(todo)
    tables = make_tables(args, sets, metrics)
    finish(args, 'zero_shot', tables, describe(args, todo), metrics)


if __name__ == '__main__':
    run_command(main)
