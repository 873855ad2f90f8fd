"""Section 3, continued: other ways to the frames than decord."""

import math
import statistics
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mmcv.transforms import BaseTransform
from rich import print as show

from vlprompt.apis import load_config
from vlprompt.datasets.lists.path_resolver import STORE_SUFFIX
from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.datasets.readers.frame_store import FrameStoreWriter, StoreJob
from vlprompt.errors import UserError

from .data import build_steps, choose_videos, pipelines, seconds_of_steps
from .measure import seconds_of
from .records import Job, Record, Section, less
from .sides import METHODS, ROOT

SECTION = Section(
    'Decoding',
    'Samples of videos that decord opens (`DecordInit`), beside PyAV '
    '(`LeanPyAVInit`) and beside stores of all frames of the videos, as '
    '`tools/data/cache_frames.py` writes them. All make the same draws, by '
    'which colours are jittered if the pipeline does it. A size below 1 says '
    'how much larger the store is. In so many epochs a store saves the time '
    'that it took to be written.',
    ('decord', 'instead', 'ratio'),
)


class Timing(NamedTuple):
    """Seconds of a sample.

    Attributes:
        decoding: Until there are frames.
        whole: Until the model sees them.
    """

    decoding: float
    whole: float


class Way(NamedTuple):
    """A pipeline, and the file that it reads."""

    steps: list[BaseTransform]
    file: Path

    def __call__(self) -> Timing:
        """Make one sample."""
        seconds = seconds_of_steps(self.steps, self.file)
        names = [type(step).__name__ for step in self.steps]
        end = names.index('DecordDecode') + 1
        return Timing(sum(seconds[:end]), sum(seconds))


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


def take_turns(
    ways: dict[str, Callable[[], Timing]], repeats: int
) -> dict[str, Timing]:
    """Medians of several ways, after a round to warm up.

    Args:
        ways: What makes a sample, by name.
        repeats: How often; every other round is in reverse order.
    """
    rounds: dict[str, list[Timing]] = {name: [] for name in ways}
    order = list(ways)
    for _ in range(1 + repeats):
        for name in order:
            rounds[name].append(ways[name]())
        order.reverse()
    return {
        name: Timing(*map(statistics.median, zip(*taken[1:], strict=True)))
        for name, taken in rounds.items()
    }


def epochs_to_pay(writing: float, saved: float) -> int | None:
    """Epochs until a store has saved what it took; None if it saves nothing.

    Args:
        writing: Seconds to write a clip.
        saved: Seconds that a sample of it takes less.
    """
    return math.ceil(writing / saved) if saved > 0 else None


def _compare(method: str, args: Namespace) -> list[Record]:
    config = load_config(str(ROOT / 'configs' / METHODS[method]))
    first, *others = config.train_dataloader.dataset.pipeline
    train = {
        name: build_steps([{**first, 'type': opener}, *others])
        for name, opener in _openers().items()
    }
    test = build_steps(config.test_dataloader.dataset.pipeline)
    clips = []
    for video in choose_videos(args):
        try:
            clips.append(_measure(video, train, test, args.repeats))
        except unreadable():
            show(f'left out, cannot be read: {video.name}')
    if not clips:
        raise UserError(f'--videos {args.videos_folder}: none can be read')
    return _records(method, clips)


def _openers() -> dict[str, str]:
    """What opens a file in training, by the name of the way."""
    openers = dict(decord='DecordInit', store='DecordInit')
    try:
        import av  # noqa: F401
    except ImportError:
        show('left out, PyAV is not installed: LeanPyAVInit')
        return openers
    return {**openers, 'PyAV': 'LeanPyAVInit'}


def _measure(
    video: Path,
    train: dict[str, list[BaseTransform]],
    test: list[BaseTransform],
    repeats: int,
) -> Clip:
    with TemporaryDirectory() as folder:
        store = Path(folder, video.name + STORE_SUFFIX)
        writing = seconds_of(lambda: _write(video, store))
        files = dict.fromkeys(train, video) | dict(store=store)
        return Clip(
            take_turns({n: Way(train[n], files[n]) for n in files}, repeats),
            take_turns(
                {n: Way(test, files[n]) for n in ('decord', 'store')}, repeats
            ),
            writing,
            video.stat().st_size / 1e6,
            store.stat().st_size / 1e6,
        )


def _write(video: Path, store: Path) -> None:
    facts = FrameStoreWriter()(StoreJob(str(video), str(store)))
    if facts.problem:
        raise OSError(facts.problem)


def _records(method: str, clips: Sequence[Clip]) -> list[Record]:
    train = _means([clip.train for clip in clips])
    test = _means([clip.test for clip in clips])
    rows = [
        record
        for name in train
        if name != 'decord'
        for record in _beside_decord(f'{method}: {{}}, {name}', train, name)
    ]
    rows += _beside_decord(
        f'{method}: {{}} of all test views, store', test, 'store'
    )
    size, stored = (
        sum(megabytes)
        for megabytes in zip(*((c.size, c.stored) for c in clips), strict=True)
    )
    rows.append(less(f'{method}: size, store', 'MB', size, stored))
    writing = statistics.mean(clip.writing for clip in clips)
    epochs = epochs_to_pay(
        writing, train['decord'].whole - train['store'].whole
    )
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


def _beside_decord(
    what: str, timings: dict[str, Timing], name: str
) -> list[Record]:
    """Milliseconds of decoding, and of whole samples."""
    return [
        less(what.format(part), 'ms', 1000 * decord, 1000 * other)
        for part, decord, other in zip(
            ('decoding', 'sample'),
            timings['decord'],
            timings[name],
            strict=True,
        )
    ]
