"""Few-shot: ``python tools/eval/few_shot.py CONFIG --datasets hmdb51``.

Trains on 2, 4, 8 and 16 clips of each class and tests on all others, or
tests the checkpoints that are given.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError

from . import (
    Job,
    Jobs,
    ProtocolData,
    Split,
    add_protocol_arguments,
    add_training_arguments,
    describe,
    dry_run,
    find_config,
    find_data_set,
    finish,
    make_jobs,
    markdown,
    percent,
    point_at,
    published_rows,
    read_published,
    train_and_test,
)


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        'config',
        help='a config, with {dataset} and {shots} in its name if there is '
        'one for each',
    )
    parser.add_argument(
        '--datasets', nargs='+', default=['hmdb51', 'ucf101', 'ssv2']
    )
    parser.add_argument(
        '--shots', type=int, nargs='+', help='2 4 8 16 if not given'
    )
    add_training_arguments(parser, '{dataset} and {shots}')
    add_protocol_arguments(parser)
    return parser.parse_args(args)


def make_todo(
    args: Namespace, sets: dict[str, ProtocolData]
) -> dict[str, list[Job]]:
    """A training, if there is one, and a test for each set and shots."""
    todo = {}
    for name, data in sets.items():
        for shots in args.shots or data.shots:
            place = dict(dataset=Path(name).stem, shots=shots)
            config = find_config(args.config, args.cfg_options, **place)
            train = Split(data.few_shot.format(shots=shots), data.full.classes)
            where = (args.data_root, args.label_order)
            if config.get('train_dataloader') is not None:
                point_at(config.train_dataloader, data, train, *where)
                point_at(config.val_dataloader, data, data.full, *where)
            point_at(config.test_dataloader, data, data.full, *where)
            job = '{dataset}/{shots}shot'.format(**place)
            todo[job] = train_and_test(args, job, dict(test=config), **place)
    return todo


def make_tables(
    args: Namespace, sets: dict[str, ProtocolData], jobs: Jobs, metrics: dict
) -> str:
    """One row of the last epochs, and one of the best."""
    head, last, best, wanted = ['Method'], [args.name], [], []
    for name, data in sets.items():
        for shots in args.shots or data.shots:
            job = f'{Path(name).stem}/{shots}shot'
            head.append(f'{data.title} K={shots}')
            last.append(percent(100 * metrics[f'{job}/test']['acc/top1']))
            best.append(percent(jobs.best(f'{job}/train', 'acc/top1', 100)))
            wanted.append((data.published, f'K={shots} ', 'top1'))
    rows = [last]
    if set(best) != {'-'}:
        rows.append(['best epoch, chosen on the test list', *best])
    if args.with_published:
        rows += published_rows(read_published('few_shot'), wanted)
    return f'{markdown(head, rows)}\nTop-1 in percent after the last epoch.\n'


def main(args: Sequence[str] | None = None) -> None:
    """Train, test and print the table."""
    args = parse_args(args)
    sets = {name: find_data_set(name) for name in args.datasets}
    for name, data in sets.items():
        if not data.few_shot or data.full is None:
            raise UserError(f'{name} has no few-shot lists')
    todo = [job for pair in make_todo(args, sets).values() for job in pair]
    jobs = make_jobs(args, 'few_shot')
    if dry_run(args, jobs, todo):
        return
    metrics = jobs.run(todo)
    tables = make_tables(args, sets, jobs, metrics)
    finish(args, 'few_shot', tables, describe(args, todo), metrics)


if __name__ == '__main__':
    run_command(main)
