"""The whole job in the toy world: ``vlprompt demo``.

Makes the toy world, trains ViLT-CLIP on the base classes, and evaluates
vanilla CLIP and ViLT-CLIP on base and novel classes, in one process.  What is
there from an earlier run is used again.
"""

import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from vlprompt.cli import toy_world
from vlprompt.cli.parsing import parse
from vlprompt.protocols.reports import write_page
from vlprompt.shipped import config_folder

from .files import CLIP, CLIP_REPORT, META, SHIPPED, world_digest
from .make_world import make_videos, place_clip, world_of
from .progress import Display, Stage
from .report import show, table_of, write_report
from .stages import Stages

CONFIGS = {'vanilla CLIP': 'clip/clip_toy.py', 'ViLT-CLIP': 'vilt/vilt_toy.py'}
LOG, PICTURE = 'log.txt', 'predictions.png'


def run(args: Namespace) -> None:
    """Run what is missing, and report."""
    args.out.mkdir(parents=True, exist_ok=True)
    if args.force:
        (args.out / 'stages.json').unlink(missing_ok=True)
    display = Display(Console(file=sys.stdout))
    stages = Stages(args.out / 'stages.json', display)
    with display.live(), ExitStack() as stack:
        log = stack.enter_context((args.out / LOG).open('a'))
        stack.enter_context(redirect_stdout(log))
        stack.enter_context(redirect_stderr(log))
        results, checkpoint = _run_stages(stages, args)
    table = table_of(results)
    write_report(args, CONFIGS, table, stages.seconds)
    write_page(args.out)
    show(display.console, args, table, stages.seconds, checkpoint)


def _run_stages(
    stages: Stages, args: Namespace
) -> tuple[dict[str, dict], str]:
    """Metrics of each method on each set of classes, and the checkpoint."""
    key = _make_world(stages, args)
    results = {'vanilla CLIP': _test(stages, args, 'vanilla CLIP', None, key)}
    work = partial(_train, args)
    last = args.out / 'vilt/last_checkpoint'
    key = (*key, args.seed, args.epochs)
    checkpoint = stages.run('train ViLT-CLIP', 'iterations', work, key, [last])
    key = (*key, Path(checkpoint).stat().st_mtime)
    results['ViLT-CLIP'] = _test(stages, args, 'ViLT-CLIP', checkpoint, key)
    stages.run(
        'draw predictions',
        'clips',
        partial(_draw, args),
        key,
        [args.out / PICTURE],
    )
    return results, checkpoint


def _make_world(stages: Stages, args: Namespace) -> tuple:
    """Make what is missing; returns what all results depend on."""
    words = [f'--root={args.data}', *(f'--{flag}' for flag in args.world)]
    flags = parse(toy_world.__name__, words)

    def make(stage: Stage) -> None:
        make_videos(flags, stage)
        place_clip(flags, stages.display)

    key = (
        words,
        world_digest(world_of(flags)),
        (SHIPPED / CLIP_REPORT).read_text(),
    )
    made = [args.data / name for name in (META, CLIP, CLIP_REPORT)]
    stages.run('render the clips', 'clips', make, key, made)
    folder = config_folder()
    texts = [
        path.read_text()
        for pattern in ('_base_/**/*.py', *CONFIGS.values())
        for path in sorted(folder.glob(pattern))
    ]
    return (str(args.data), (args.data / CLIP_REPORT).read_text(), key, texts)


def _test(
    stages: Stages,
    args: Namespace,
    method: str,
    checkpoint: str | None,
    key: tuple,
) -> dict[str, Any]:
    """Metrics on base and on novel classes."""
    metrics = {}
    for classes in ('base', 'novel'):
        name = f'test {method} on {classes}'
        folder = args.out / name.replace(' ', '_')
        work = _tester(args, CONFIGS[method], folder, checkpoint, classes)
        made = [folder / 'predictions.pkl']
        metrics[classes] = stages.run(name, 'batches', work, key, made)
    return metrics


def _tester(
    args: Namespace,
    config: str,
    folder: Path,
    checkpoint: str | None,
    classes: str,
) -> Callable[[Stage], dict[str, float]]:
    def work(stage: Stage) -> dict[str, float]:
        from .runs import Run

        return Run(config, args.data, folder).test(checkpoint, classes, stage)

    return work


def _train(args: Namespace, stage: Stage) -> str:
    from .runs import Run

    run = Run(CONFIGS['ViLT-CLIP'], args.data, args.out / 'vilt')
    return run.train(args.seed, args.epochs, stage)


def _draw(args: Namespace, stage: Stage) -> None:
    from .runs import draw

    folder = args.out / 'test_ViLT-CLIP_on_novel'
    classes = args.data / 'novel_labels.csv'
    draw(folder, classes, args.out / PICTURE, stage)
