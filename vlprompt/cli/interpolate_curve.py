"""The curve of `vlprompt interpolate`, and the weight it leads to."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.runner import Runner
from rich.console import Console
from rich.progress import Progress

from vlprompt.apis import build_runner, set_work_dir
from vlprompt.apis.inputs import check_inputs
from vlprompt.averaging import Recipe
from vlprompt.averaging.curve import (
    Point,
    StepHook,
    choose,
    evaluate_curve,
    find_metric,
    test_on_validation,
)
from vlprompt.averaging.ends import Ends, read_ends
from vlprompt.averaging.val_list import check_val_list
from vlprompt.engine.unwrap import unwrap
from vlprompt.errors import UserError
from vlprompt.file_digest import sha256_of
from vlprompt.whole_files import check_writable

from .processes import set_up_processes
from .reports.mix_report import draw_curve, table_of, write_mix


def run_curve(args: Namespace, config: Config) -> Recipe:
    """Validate mixes, draw the curve, and write the best mix.

    Args:
        args: The flags.
        config: The config; changed in place.

    Raises:
        UserError: If the validation list is that of the test, the model
            learns nothing of CLIP, or checkpoints do not fit.
    """
    _set_data(args, config)
    check_inputs(config, 'val')
    if not args.on_test_list and (warning := check_val_list(config)):
        print(f'warning: {warning}', file=sys.stderr)
    set_work_dir(config, args.work_dir)
    check_writable(config.work_dir)
    set_up_processes(config, args.launcher)
    test_on_validation(config)
    config.log_level = 'WARNING'
    runner = build_runner(config)
    model = unwrap(runner.model)
    ends = read_ends(model, config.model.clip, args.checkpoints, args.weights)
    if not ends.clip:
        raise UserError(
            'the model learns no weight of CLIP: all mixes are the same, and '
            'there is nothing to choose'
        )
    file = args.out.with_name(f'{args.out.stem}_curve.json')
    points = _evaluate(runner, ends, args, file)
    metric = find_metric(points[0].metrics, args.metric)
    best = choose(points, metric)
    chosen = _chosen(config, metric, points, args.on_test_list)
    recipe = ends.recipe(best.weight, chosen)
    if is_main_process():
        print(table_of(points, metric, best).markdown())
        draw_curve(file.with_suffix('.png'), points, best, chosen)
        write_mix(args.out, ends, best.weight, chosen)
    return recipe


def _set_data(args: Namespace, config: Config) -> None:
    loader = config.get('val_dataloader')
    given = args.val_list or args.classes or args.video_root
    if given and not loader:
        raise UserError(
            f'the config {config.filename} has no val_dataloader to change'
        )
    if args.val_list is not None:
        loader.dataset.ann_file = args.val_list
    if args.classes is not None:
        loader.dataset.classes = args.classes
    if args.video_root is not None:
        loader.dataset.data_prefix = dict(video=args.video_root)


def _evaluate(
    runner: Runner, ends: Ends, args: Namespace, file: Path
) -> list[Point]:
    weights = args.w_from_val
    console = Console(stderr=True, quiet=not is_main_process())
    with Progress(console=console) as progress:
        every = progress.add_task('weights', total=len(weights))
        one = progress.add_task('batches', total=None)

        def step() -> None:
            total = len(runner.test_dataloader)
            progress.update(one, advance=1, total=total)

        def show(point: Point) -> None:
            took = 'as before'
            if point.seconds is not None:
                took = f'{point.seconds:.0f} s'
            name = find_metric(point.metrics, args.metric)  # or refuse it
            value = f'{name} {point.metrics[name]:.4f}'
            progress.console.print(f'W {point.weight:g}: {value} ({took})')
            progress.advance(every)
            progress.reset(one)

        runner.register_hook(StepHook(step))
        return evaluate_curve(runner, ends, weights, file, show)


def _chosen(
    config: Config, metric: str, points: list[Point], on_test: bool
) -> dict[str, Any]:
    ann_file = str(config.test_dataloader.dataset.get('ann_file'))
    is_file = Path(ann_file).is_file()
    return dict(
        metric=metric,
        list=Path(ann_file).name,
        sha256=sha256_of(ann_file) if is_file else None,
        on_test_list=on_test,
        curve=[[point.weight, point.metrics[metric]] for point in points],
    )
