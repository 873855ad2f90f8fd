"""Models side by side: ``compare.py CONFIG CHECKPOINT CONFIG CHECKPOINT ...``.

Tests models of ours and of MMAction2 on the same videos, each with its own
test pipeline, and prints one table.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config

from vlprompt.analysis.complexity import (
    build_without_weights,
    count_macs,
    count_parameters,
)
from vlprompt.apis import load_config
from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.cli.common import run_command
from vlprompt.datasets import class_names_of
from vlprompt.datasets.pipelines import view_shape
from vlprompt.errors import UserError

from . import (
    Job,
    Jobs,
    add_protocol_arguments,
    count_views,
    dry_run,
    evaluation_job,
    find_data_set,
    finish,
    make_jobs,
    markdown,
    percent,
    point_at,
)

HEAD = (
    'Model',
    'Top-1',
    'Top-5',
    'Frames',
    'Views',
    'GFLOPs',
    'Params (M)',
    'Videos/s',
)


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Compare models on one data set')
    parser.add_argument(
        'models',
        nargs='+',
        metavar='CONFIG CHECKPOINT',
        help='pairs; `none` for a model as it is made; also configs of '
        'MMAction2, such as mmaction::recognition/tsn/....py',
    )
    parser.add_argument(
        '--dataset',
        default='kinetics400',
        help='a name, or a .py file that describes your own',
    )
    parser.add_argument(
        '--part',
        choices=('full', 'base', 'novel'),
        default='full',
        help='of the classes',
    )
    add_protocol_arguments(parser)
    return parser.parse_args(args)


def make_todo(args: Namespace) -> list[Job]:
    """One test for each model."""
    if len(args.models) % 2:
        raise UserError(
            f'{len(args.models)} arguments, expected a checkpoint (or `none`) '
            'after each config'
        )
    data = find_data_set(args.dataset)
    split = getattr(data, args.part)
    if split is None:
        raise UserError(f'{args.dataset} has no {args.part} classes')
    todo = []
    for path, checkpoint in zip(
        args.models[::2], args.models[1::2], strict=True
    ):
        config = load_config(path, args.cfg_options)
        set_checkpoint(config, checkpoint)
        adopt(config)
        loader = config.test_dataloader
        point_at(loader, data, split, args.data_root, args.label_order)
        name = Path(path).stem
        taken = sum(job.name.startswith(name) for job in todo)
        name += f'_{taken + 1}' if taken else ''
        todo.append(evaluation_job(args, name, config, checkpoint))
    return todo


def adopt(config: Config) -> None:
    """Let a config, maybe of MMAction2, read our lists and be scored alike."""
    config.default_scope = 'vlprompt'
    config.custom_imports = dict(
        imports=['vlprompt'], allow_failed_imports=False
    )
    loader = config.test_dataloader
    loader.dataset = dict(
        type='vlprompt.VideoClassDataset',  # whatever the loop's scope is
        pipeline=loader.dataset.pipeline,
        test_mode=True,
    )
    config.test_evaluator = dict(type='vlprompt.CountedAccMetric')


def make_table(todo: list[Job], jobs: Jobs, metrics: dict) -> str:
    """One row for each model."""
    rows = []
    for job in todo:
        config, values = job.config, metrics[job.name]
        model = build_without_weights(config)
        if hasattr(model, 'set_classes'):
            dataset = config.test_dataloader.dataset
            model.set_classes(class_names_of(dataset))
        shape = view_shape(config)
        temporal, crops = count_views(config.test_dataloader.dataset.pipeline)
        rows.append(
            [
                job.name,
                percent(100 * values['acc/top1']),
                percent(100 * values['acc/top5']),
                str(shape[3] if len(shape) == 6 else shape[1]),
                f'{temporal}x{crops}',
                percent(count_macs(model, shape).published / 1e9),
                percent(count_parameters(model).total / 1e6),
                f'{speed(jobs.out / job.name, config):.2f}',
            ]
        )
    return (
        f'{markdown(HEAD, rows)}\nTop-1 and Top-5 in percent, GFLOPs: '
        'multiply-accumulates of one view, videos per second:\nall views of '
        'a video, with its reading, in each process.\n'
    )


def speed(folder: Path, config: Config) -> float:
    """Videos per second of the last test in a work folder."""
    log = sorted(folder.glob('*/*.json'))[-1]
    seconds = json.loads(log.read_text())['time']
    return config.test_dataloader.batch_size / seconds


def main(args: Sequence[str] | None = None) -> None:
    """Test all and print the table."""
    args = parse_args(args)
    args.config = 'models'
    todo = make_todo(args)
    jobs = make_jobs(args, 'compare')
    if dry_run(args, jobs, todo):
        return
    metrics = jobs.run(todo)
    finish(args, 'compare', make_table(todo, jobs, metrics), [], metrics)


if __name__ == '__main__':
    run_command(main)
