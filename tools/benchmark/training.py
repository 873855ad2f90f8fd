"""Section 1: a training step."""

import gc
from argparse import Namespace
from collections.abc import Iterator, Sequence

from mmengine.config import Config
from torch import nn

from .kept import count_kept
from .measure import alternate, count_flops, peak_memory
from .records import Job, Record, Section, less
from .sides import (
    CLASSES,
    Setting,
    Side,
    build_model,
    build_sides,
    make_batch,
    make_sides,
    names_of,
    read_config,
)

SECTION = Section(
    'Training step',
    'Forward, backward and update, and the texts and the videos alone '
    '(forward and backward); memory that a step takes on top of model and '
    'batch, as the system has it, and how much of it is kept from the '
    'forward for the backward pass, counted; operations (2 x '
    'multiply-accumulates, attention included) of forward and backward, '
    'always of ViT-B/16 at 224 pixels.',
)
# T and C of the operations, which are counted without computing
FRAMES = (8, 16, 32)


def jobs(args: Namespace) -> list[Job]:
    """What to measure."""
    settings = list(_settings(args))
    timed = [Job(f'time of {s}', lambda s=s: _time(s, args)) for s in settings]
    timed += [
        Job(f'compiled {s}', lambda s=s: _compiled(s, args))
        for s in settings
        if args.compile
    ]
    # At reduced size of the first method alone: what is kept is counted.
    first = 1 if args.size == 'reduced' else None
    memory = [
        Job(f'memory of {s}', lambda s=s: _memory(s)) for s in settings[:first]
    ]
    memory += [
        Job(f'what {s} keeps', lambda s=s: count_kept(s)) for s in settings
    ]
    size = 'tiny' if args.size == 'tiny' else 'full'
    frames = FRAMES if args.size == 'full' else FRAMES[:1]
    flops = [
        Job(f'operations of {m}', lambda m=m: _operations(m, size, frames))
        for m in args.methods[:first]
    ]
    return [*timed, *memory, *flops]


def _settings(args: Namespace) -> Iterator[Setting]:
    """All combinations; at reduced size bf16 for the first method alone."""
    for dtype in args.dtypes:
        first = args.size == 'reduced' and dtype != args.dtypes[0]
        for method in args.methods[:1] if first else args.methods:
            for classes in args.classes:
                for frames in args.frames:
                    yield Setting(
                        method,
                        classes,
                        frames,
                        dtype,
                        args.size,
                        args.device,
                        args.videos,
                    )


def _time(setting: Setting, args: Namespace) -> list[Record]:
    sides, batch = build_sides(setting), make_batch(setting)
    parts = {
        'step': lambda side: side.step(*batch),
        'texts': lambda side: side.learn_texts(),
        'videos': lambda side: side.learn_video(batch[0]),
    }
    records = []
    for part, run in parts.items():
        runs = {n: lambda s=s, run=run: run(s) for n, s in sides.items()}
        seconds = alternate(runs, args.repeats, setting.device)
        records.append(less(f'{part}: {setting}', 's', **seconds))
    return records


def _compiled(setting: Setting, args: Namespace) -> list[Record]:
    """The videos, with layers that went through ``torch.compile``."""
    sides = build_sides(setting, compile=True)
    inputs, _ = make_batch(setting)
    runs = {n: lambda s=s: s.learn_video(inputs) for n, s in sides.items()}
    seconds = alternate(runs, args.repeats, setting.device)
    return [less(f'videos, compiled: {setting}', 's', **seconds)]


def _memory(setting: Setting) -> list[Record]:
    gc.collect()
    peaks = {name: peak_memory(setting, name) for name in ('plain', 'ours')}
    return [less(f'memory: {setting}', 'MB', **peaks)]


def _operations(method: str, size: str, frames: Sequence[int]) -> list[Record]:
    """Of the texts by C, and of a video by T."""
    counter = _Counter(size)
    texts = [Setting(method, c, frames[0], size=size) for c in CLASSES]
    videos = [Setting(method, min(CLASSES), t, size=size) for t in frames]
    return [
        *(counter.texts(setting) for setting in texts),
        *(counter.video(setting) for setting in videos),
    ]


class _Counter:
    """Counts on models without values, made anew only if they differ."""

    def __init__(self, size: str) -> None:
        self.size = size
        self.built: tuple[Config, nn.Module] | None = None

    def texts(self, setting: Setting) -> Record:
        sides = self._sides(setting)
        counts = {n: count_flops(s.learn_texts) for n, s in sides.items()}
        what = f'texts: {setting.method}, C = {setting.classes}'
        return _giga(what, counts)

    def video(self, setting: Setting) -> Record:
        inputs = make_batch(setting)[0].to('meta')
        counts = {
            n: count_flops(lambda s=s: s.learn_video(inputs))
            for n, s in self._sides(setting).items()
        }
        what = f'a video: {setting.method}, T = {setting.frames}'
        return _giga(what, counts)

    def _sides(self, setting: Setting) -> dict[str, Side]:
        config = read_config(setting)
        if self.built is None or self.built[0].model != config.model:
            self.built = config, build_model(setting, config).to('meta')
        model = self.built[1]
        model.set_classes(names_of(setting.classes))
        return make_sides(model, config)


def _giga(what: str, counts: dict[str, int]) -> Record:
    return less(
        f'operations: {what}',
        'GFLOP',
        **{n: c / 1e9 for n, c in counts.items()},
    )
