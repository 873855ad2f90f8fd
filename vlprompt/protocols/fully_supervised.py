"""All classes: ``python tools/eval/fully_supervised.py CONFIG CHECKPOINT``.

Tests a model on the classes it was trained on, with several views of each
video, and prints what a view costs.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config
from mmengine.device import get_device

from vlprompt.analysis.complexity import (
    Macs,
    build_without_weights,
    count_macs,
)
from vlprompt.analysis.throughput import measure_throughput
from vlprompt.apis import load_config
from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.cli.common import run_command
from vlprompt.datasets import class_names_of
from vlprompt.datasets.pipelines import view_shape
from vlprompt.errors import UserError

from . import (
    add_protocol_arguments,
    count_views,
    describe,
    dry_run,
    find_data_set,
    finish,
    make_jobs,
    markdown,
    parse_views,
    percent,
    point_at,
    read_published,
    set_views,
    train_and_test,
)

HEAD = ('Method', 'Frames', 'Views', 'Top-1', 'Top-5', 'GFLOPs', 'TP')
METRICS = ('top1', 'top5', 'gflops_per_view', 'views_per_sec')


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('config')
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument(
        '--dataset',
        default='kinetics400',
        help='a name, or a .py file that describes your own',
    )
    parser.add_argument(
        '--train', action='store_true', help='train first, by the config'
    )
    parser.add_argument(
        '--views',
        type=str,
        metavar='4x3',
        help="temporal views x crops, if not the config's",
    )
    parser.add_argument(
        '--sampling',
        choices=('uniform', 'random'),
        default='uniform',
        help='of the temporal views: random are draws of training mode, as '
        'in the published test',
    )
    parser.add_argument('--seed', type=int, default=0, help='of these draws')
    parser.add_argument(
        '--throughput', action='store_true', help='time views per second'
    )
    add_protocol_arguments(parser)
    return parser.parse_args(args)


def make_config(args: Namespace) -> Config:
    """The config, with the data set and views of the command line."""
    config = load_config(args.config, args.cfg_options)
    data = find_data_set(args.dataset)
    if data.full is None:
        raise UserError(f'{args.dataset} has no list of all classes')
    for loader in ('test', 'val') if args.train else ('test',):
        where = (args.data_root, args.label_order)
        point_at(config[f'{loader}_dataloader'], data, data.full, *where)
    if args.views or args.sampling != 'uniform':
        views = count_views(config.test_dataloader.dataset.pipeline)
        if args.views:
            views = parse_views(args.views)
        set_views(config, *views, args.sampling)
    config.test_dataloader.dataset.seed = args.seed
    return config


def measure(config: Config, timed: bool) -> tuple[Macs, float | None]:
    """Multiply-accumulates of a view, and views per second if wanted."""
    model = build_without_weights(config)
    dataset = config.test_dataloader.dataset
    if hasattr(model, 'set_classes'):
        model.set_classes(class_names_of(dataset))
    shape = view_shape(config)
    macs = count_macs(model, shape)
    if not timed:
        return macs, None
    done = measure_throughput(model.to(get_device()), shape)
    return macs, done.views_per_second


def published() -> list[list[str]]:
    """The rows of the papers."""
    rows: dict[tuple, list[str]] = {}
    for number in read_published('fully_supervised'):
        name = f'{number.method} (published, {number.source})'
        frames, _, views = number.setting.partition('f ')
        row = rows.setdefault(
            (name, frames, views or '-'), ['-'] * len(METRICS)
        )
        metric = number.metric.removesuffix('_A100')
        row[METRICS.index(metric)] = f'{number.value:g}'
    return [[*key, *row] for key, row in rows.items()]


def make_tables(args: Namespace, config: Config, metrics: dict) -> str:
    """One row, and what it depends on."""
    (values,) = (row for row in metrics.values() if row)
    macs, speed = measure(config, args.throughput)
    temporal, crops = count_views(config.test_dataloader.dataset.pipeline)
    row = [
        args.name,
        str(view_shape(config)[3]),
        f'{temporal}x{crops}',
        percent(100 * values['acc/top1']),
        percent(100 * values['acc/top5']),
        percent(macs.published / 1e9),
        percent(speed),
    ]
    rows = [row, *(published() if args.with_published else ())]
    return (
        f'{markdown(HEAD, rows)}\nTop-1 and Top-5 in percent. GFLOPs: '
        'multiply-accumulates of one view, as published\nnumbers are counted; '
        f'{macs.computed / 1e9:.1f} are computed here. TP: views per second '
        f'{"on " + get_device() if args.throughput else "(--throughput)"}.\n'
    )


def main(args: Sequence[str] | None = None) -> None:
    """Test and print the table."""
    args = parse_args(args)
    config = make_config(args)
    args.ckpts = None
    if not args.train:
        set_checkpoint(config, args.checkpoint)
        args.ckpts = config.load_from or 'none'
    name = Path(args.dataset).stem
    todo = train_and_test(args, name, dict(test=config))
    jobs = make_jobs(args, 'fully_supervised')
    if dry_run(args, jobs, todo):
        return
    metrics = jobs.run(todo)
    notes = [
        *describe(args, todo),
        f'* temporal views: {args.sampling}, seed {args.seed}',
    ]
    tables = make_tables(args, config, metrics)
    finish(args, 'fully_supervised', tables, notes, metrics)


if __name__ == '__main__':
    run_command(main)
