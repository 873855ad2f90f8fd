"""Base to novel: ``python tools/eval/base_to_novel.py CONFIG --datasets ...``.

Trains on some clips of the base classes, three draws of them, and tests each
model on base classes among base classes and on novel among novel.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError

from . import (
    Job,
    ProtocolData,
    Split,
    add_protocol_arguments,
    add_training_arguments,
    describe,
    dry_run,
    find_config,
    find_data_set,
    finish,
    harmonic_mean,
    make_jobs,
    markdown,
    mean_and_deviation,
    percent,
    point_at,
    published_rows,
    read_published,
    train_and_test,
)

PARTS = ('base', 'novel', 'hm')


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        'config',
        help='a config, with {dataset} in its name if there is one for each',
    )
    parser.add_argument(
        '--datasets',
        nargs='+',
        default=['kinetics400', 'hmdb51', 'ucf101', 'ssv2'],
    )
    parser.add_argument(
        '--seeds',
        type=int,
        nargs='+',
        default=[1, 2, 3],
        help='the draws: lists fs_base_s<seed>_train.txt',
    )
    add_training_arguments(parser, '{dataset} and {seed}')
    add_protocol_arguments(parser)
    return parser.parse_args(args)


def make_todo(args: Namespace, sets: dict[str, ProtocolData]) -> list[Job]:
    """For each set and draw a training, if there is one, and two tests."""
    where = (args.data_root, args.label_order)
    todo = []
    for name, data in sets.items():
        for seed in args.seeds:
            place = dict(dataset=Path(name).stem, seed=seed)
            tests = {}
            for part in ('base', 'novel'):
                config = find_config(args.config, args.cfg_options, **place)
                split = getattr(data, part)
                point_at(config.test_dataloader, data, split, *where)
                if config.get('train_dataloader') is not None:
                    train = Split(
                        data.base_train.format(seed=seed), data.base.classes
                    )
                    point_at(config.train_dataloader, data, train, *where)
                    point_at(config.val_dataloader, data, data.base, *where)
                tests[part] = config
            job = '{dataset}/s{seed}'.format(**place)
            todo += train_and_test(args, job, tests, **place)
    return todo


def make_tables(
    args: Namespace, sets: dict[str, ProtocolData], metrics: dict
) -> str:
    """Means over the draws, then every draw."""
    head, row, wanted, draws = ['Method'], [args.name], [], []
    for name, data in sets.items():
        runs = []
        for seed in args.seeds:
            job = f'{Path(name).stem}/s{seed}'
            base, novel = (
                100 * metrics[f'{job}/{part}']['acc/top1']
                for part in ('base', 'novel')
            )
            runs.append((base, novel, harmonic_mean(base, novel)))
            draws.append([job, *map(percent, runs[-1])])
        base, novel, _ = zip(*runs, strict=True)
        head += [f'{data.title} Base', 'Novel', 'HM']
        row += [percent(fmean(base)), percent(fmean(novel))]
        row.append(percent(harmonic_mean(fmean(base), fmean(novel))))
        wanted += [(data.published, '', part) for part in PARTS]
        spread = [mean_and_deviation(c) for c in zip(*runs, strict=True)]
        draws.append([f'{data.title}, mean ± deviation', *spread])
    rows = [row]
    if args.with_published:
        rows += published_rows(read_published('base_to_novel'), wanted)
    return (
        f'{markdown(head, rows)}\nTop-1 in percent; Base and Novel are means '
        f'over {len(args.seeds)} draws, HM is the harmonic mean of the two '
        f'means.\n\n{markdown(["Draw", "Base", "Novel", "HM"], draws)}'
    )


def main(args: Sequence[str] | None = None) -> None:
    """Train, test and print the table."""
    args = parse_args(args)
    sets = {name: find_data_set(name) for name in args.datasets}
    for name, data in sets.items():
        if None in (data.base, data.novel) or not data.base_train:
            raise UserError(f'{name} has no base and novel classes')
    todo = make_todo(args, sets)
    jobs = make_jobs(args, 'base_to_novel')
    if dry_run(args, jobs, todo):
        return
    metrics = jobs.run(todo)
    tables = make_tables(args, sets, metrics)
    finish(args, 'base_to_novel', tables, describe(args, todo), metrics)


if __name__ == '__main__':
    run_command(main)
