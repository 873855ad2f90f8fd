"""Section 3: what a training sample costs before the model sees it."""

import math
import statistics
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmcv.transforms import BaseTransform
from mmengine.registry import DefaultScope
from rich import print as show

from vlprompt.apis import load_config
from vlprompt.datasets.random_streams import seeded
from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS

from .records import Job, Record, Section
from .sides import METHODS, ROOT

SECTION = Section(
    'Data',
    'A training sample on one core, by the steps of the pipeline; the share '
    'is that of the whole sample. Workers are processes that feed so many '
    'clips per second.',
    ('sample', 'step', 'share'),
)
SUFFIXES = ('.mp4', '.avi', '.mkv', '.mov', '.webm')
NUM_VIDEOS = 12  # at reduced size
SPEEDS = (10, 100, 390)  # clips per second


def jobs(args: Namespace) -> list[Job]:
    """What to measure."""
    return [
        Job(f'samples of {name}', lambda name=name: _samples(name, args))
        for name in pipelines(args)
    ]


def pipelines(args: Namespace) -> list[str]:
    """Methods with different pipelines, of those that are asked for."""
    names = dict.fromkeys(
        'vita' if method == 'vita' else 'vilt' for method in args.methods
    )
    return list(names)[:1] if args.size == 'reduced' else list(names)


def find_videos(folder: Path) -> list[Path]:
    """The videos in a folder.

    Raises:
        UserError: If there are none.
    """
    paths = sorted(p for p in folder.glob('*') if p.suffix in SUFFIXES)
    if not paths:
        raise UserError(
            f'--videos {folder}: no video there, expected a folder with '
            f'files that end in {", ".join(SUFFIXES)}'
        )
    return paths


def choose_videos(args: Namespace) -> list[Path]:
    """The videos that are measured: all, or some of them."""
    videos = find_videos(args.videos_folder)
    return (
        videos
        if args.size == 'full'
        else videos[:: -(-len(videos) // NUM_VIDEOS)]
    )


def build_steps(pipeline: Sequence[dict]) -> list[BaseTransform]:
    """The transforms of a pipeline."""
    with DefaultScope.overwrite_default_scope('vlprompt'):
        return [TRANSFORMS.build(step) for step in pipeline]


def _samples(method: str, args: Namespace) -> list[Record]:
    config = load_config(str(ROOT / 'configs' / METHODS[method]))
    steps = build_steps(config.train_dataloader.dataset.pipeline)
    taken = []
    for video in choose_videos(args):
        try:
            rounds = [
                seconds_of_steps(steps, video) for _ in range(args.repeats)
            ]
        except unreadable():
            show(f'left out, cannot be read: {video.name}')
            continue
        taken.append(list(map(statistics.median, zip(*rounds, strict=True))))
    if not taken:
        raise UserError(f'--videos {args.videos_folder}: none can be read')
    by_step = list(map(statistics.mean, zip(*taken, strict=True)))
    return _records(method, [type(s).__name__ for s in steps], by_step)


def seconds_of_steps(
    steps: Sequence[BaseTransform], video: Path, seed: int = 0
) -> list[float]:
    """Seconds of each step for one video, with the same random draws."""
    results: dict[str, Any] = dict(
        filename=str(video), label=0, start_index=0, modality='RGB'
    )
    seconds = []
    with seeded(seed):
        for step in steps:
            start = time.perf_counter()
            results = step(results)
            seconds.append(time.perf_counter() - start)
    return seconds


def _records(
    method: str, names: list[str], by_step: list[float]
) -> list[Record]:
    whole = sum(by_step)
    rows = [
        Record(f'{method}: {n}', 'ms', 1000 * whole, 1000 * s, s / whole)
        for n, s in zip(names, by_step, strict=True)
    ]
    workers = [
        Record(
            f'{method}: workers for {speed} clips per second',
            'workers',
            None,
            math.ceil(speed * whole),
            None,
        )
        for speed in SPEEDS
    ]
    return [*rows, *workers]
