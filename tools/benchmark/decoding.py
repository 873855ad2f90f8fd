"""Section 3, continued: ways to the frames."""

import math
import statistics
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mmcv.transforms import BaseTransform
from mmengine.config import Config
from rich import print as show

from vlprompt.apis import load_config
from vlprompt.datasets.lists.path_resolver import STORE_SUFFIX
from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.datasets.readers.frame_store import FrameStoreWriter, StoreJob
from vlprompt.errors import UserError

from .data import build_steps, choose_videos, pipelines
from .measure import seconds_of
from .published_pipeline import time_test_sample, time_training_sample
from .records import Job, Record, Section, less
from .sample_timings import Timing, Way, take_turns
from .sides import METHODS, ROOT

SECTION = Section(
    'Decoding',
    'Samples by PyAV (`VideoInit`, the default) and of stores of all frames '
    'of the videos, as `vlprompt data cache` writes them, beside decord '
    '(`DecordInit`), with the same draws and the same other steps; and by '
    'PyAV beside the data pipeline of the published ViFi-CLIP, written anew '
    'by its description. A size below 1 says how much larger the store is. '
    'In so many epochs a store saves the time that it took to be written, if '
    'the videos are read by PyAV.',
    ('beside', 'vlprompt', 'ratio'),
)
STEPS = {  # of the ways: what opens a file, and what decodes it
    'decord': ('DecordInit', 'DecordDecode'),
    'PyAV': ('VideoInit', 'VideoDecode'),
    'store': ('VideoInit', 'VideoDecode'),
}
PUBLISHED = (time_training_sample, time_test_sample)


class Clip(NamedTuple):
    """What was measured of one video.

    Attributes:
        train: Training samples by the name of the way.
        test: Test samples, all views.
        writing: Seconds that the store took.
        size: MB of the video.
        stored: MB of its store.
    """

    train: dict[str, Timing]
    test: dict[str, Timing]
    writing: float
    size: float
    stored: float


def jobs(args: Namespace) -> list[Job]:
    """What to measure."""
    return [
        Job(f'videos of {name}', lambda name=name: _compare(name, args))
        for name in pipelines(args)
    ]


def epochs_to_pay(writing: float, saved: float) -> int | None:
    """Epochs until a store has saved what it took; None if it saves nothing.

    Args:
        writing: Seconds to write a clip.
        saved: Seconds that a sample of it takes less.
    """
    return math.ceil(writing / saved) if saved > 0 else None


def _compare(method: str, args: Namespace) -> list[Record]:
    config = load_config(str(ROOT / 'configs' / METHODS[method]))
    others = PUBLISHED if method == 'vilt' else (None, None)
    train, test = (
        {name: build_steps(_decoded_by(name, loader)) for name in STEPS}
        for loader in (config.train_dataloader, config.test_dataloader)
    )
    clips = []
    for video in choose_videos(args):
        try:
            clips.append(_measure(video, (train, test), others, args.repeats))
        except unreadable():
            show(f'left out, cannot be read: {video.name}')
    if not clips:
        raise UserError(f'--videos {args.videos_folder}: none can be read')
    return _records(method, clips)


def _decoded_by(name: str, loader: Config) -> list[dict]:
    """The pipeline of a loader with other steps that decode."""
    kinds = dict(zip(STEPS['PyAV'], STEPS[name], strict=True))
    return [
        {**step, 'type': kinds.get(step['type'], step['type'])}
        for step in loader.dataset.pipeline
    ]


def _measure(
    video: Path,
    pipelines: Sequence[dict[str, list[BaseTransform]]],
    others: Sequence[Callable[[Path, int], tuple[float, float]] | None],
    repeats: int,
) -> Clip:
    """Times of training and of testing.

    Args:
        video: The file.
        pipelines: The steps of each way, of both.
        others: The published pipelines of both, if they are of this kind.
        repeats: How often.
    """
    with TemporaryDirectory() as folder:
        store = Path(folder, video.name + STORE_SUFFIX)
        writing = seconds_of(lambda: _write(video, store))
        files = dict.fromkeys(STEPS, video) | dict(store=store)
        timings = []
        for steps, other in zip(pipelines, others, strict=True):
            ways = {name: Way(steps[name], files[name]) for name in files}
            if other:
                ways['published'] = partial(_time_other, other, video)
            timings.append(take_turns(ways, repeats))
        return Clip(
            *timings,
            writing,
            video.stat().st_size / 1e6,
            store.stat().st_size / 1e6,
        )


def _time_other(
    other: Callable[[Path, int], tuple[float, float]], video: Path, seed: int
) -> Timing:
    return Timing(*other(video, seed))


def _write(video: Path, store: Path) -> None:
    facts = FrameStoreWriter()(StoreJob(str(video), str(store)))
    if facts.problem:
        raise OSError(facts.problem)


def _records(method: str, clips: Sequence[Clip]) -> list[Record]:
    train = _means([clip.train for clip in clips])
    test = _means([clip.test for clip in clips])
    rows = [
        record
        for what, timings in (('{}', train), ('{} of all test views', test))
        for plain, name in (
            ('decord', 'PyAV'),
            ('published', 'PyAV'),
            ('decord', 'store'),
        )
        if plain in timings
        for record in _beside(f'{method}: {what}', timings, plain, name)
    ]
    size, stored = (
        sum(megabytes)
        for megabytes in zip(*((c.size, c.stored) for c in clips), strict=True)
    )
    rows.append(less(f'{method}: size, store', 'MB', size, stored))
    writing = statistics.mean(clip.writing for clip in clips)
    epochs = epochs_to_pay(writing, train['PyAV'].whole - train['store'].whole)
    if epochs is None:
        show(f'{method}: the store saves no time with these videos')
        return rows
    what = f'{method}: until writing has paid, store'
    return [*rows, Record(what, 'epochs', None, epochs, None)]


def _means(samples: Sequence[dict[str, Timing]]) -> dict[str, Timing]:
    """Of all videos, by the name of the way."""
    return {
        name: Timing(
            *map(
                statistics.mean,
                zip(*(sample[name] for sample in samples), strict=True),
            )
        )
        for name in samples[0]
    }


def _beside(
    what: str, timings: dict[str, Timing], plain: str, name: str
) -> list[Record]:
    """Milliseconds of decoding, and of whole samples."""
    return [
        less(
            f'{what.format(part)}, {name} beside {plain}',
            'ms',
            1000 * theirs,
            1000 * ours,
        )
        for part, theirs, ours in zip(
            ('decoding', 'sample'), timings[plain], timings[name], strict=True
        )
    ]
