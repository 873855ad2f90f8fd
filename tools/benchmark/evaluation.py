"""Section 2: evaluation."""

from argparse import Namespace
from collections.abc import Sequence

import torch

from .measure import alternate
from .records import Job, Record, Section
from .sides import (
    CLASSES,
    Baseline,
    Ours,
    Setting,
    build_sides,
    make_batch,
    make_sides,
    names_of,
    read_config,
)

SECTION = Section(
    'Evaluation',
    'Views per second. The plain side encodes the texts of all classes for '
    'each view, and one view after the other; the library encodes them once '
    'for a data set.',
)
VIEWS = {'1 view': 1, '4 x 3 views': 12}
BATCHES = 3  # of one view, of each data set of the zero-shot row


def jobs(args: Namespace) -> list[Job]:
    """What to measure."""
    method = args.methods[0]
    settings = [
        Setting(method, c, t, d, args.size, args.device, args.videos)
        for d in args.dtypes
        for c in args.classes
        for t in args.frames
    ]
    if args.size == 'reduced':
        settings = settings[:1]
    views = [
        Job(f'{name} of {s}', lambda s=s, name=name: _views(s, name, args))
        for s in settings
        for name in VIEWS
    ]
    several = [
        Job(f'data sets of {s}', lambda s=s: _data_sets(s, args))
        for s in [settings[0]._replace(method='vilt')]
    ]
    return [*views, *several]


def _views(setting: Setting, name: str, args: Namespace) -> list[Record]:
    views = VIEWS[name]
    modules = _modules(setting)
    inputs, _ = make_batch(setting, views)
    runs = {n: lambda m=m: _predict(m, inputs) for n, m in modules.items()}
    with _precision(setting):
        seconds = alternate(runs, args.repeats, setting.device)
    what = f'{name}: {setting}'
    return [_views_per_second(what, views * setting.videos, seconds)]


def _data_sets(setting: Setting, args: Namespace) -> list[Record]:
    """Zero-shot: the same weights on one data set after the other."""
    sets = sorted(CLASSES)[: None if args.size == 'full' else 2]
    modules = _modules(setting)
    inputs, _ = make_batch(setting)
    plain = _baselines(setting, modules['ours'], sets)
    runs = dict(
        plain=lambda: [_predict(b, inputs) for b in plain * BATCHES],
        ours=lambda: _go_through(modules['ours'], inputs, sets),
    )
    with _precision(setting):
        seconds = alternate(runs, args.repeats, setting.device)
    names = ', '.join(CLASSES[c] for c in sets)
    what = (
        f'{names}, {BATCHES} batches of 1 view each: {setting.method}, '
        f'T = {setting.frames}, {setting.dtype}'
    )
    views = BATCHES * len(sets) * setting.videos
    return [_views_per_second(what, views, seconds)]


def _modules(setting: Setting) -> dict[str, Baseline | Ours]:
    sides = build_sides(setting)
    return {name: side.module.eval() for name, side in sides.items()}


def _baselines(
    setting: Setting, ours: Ours, sets: Sequence[int]
) -> list[Baseline]:
    """A plain side for each data set, so that no set-up is timed."""
    config = read_config(setting)
    baselines = []
    for classes in sets:
        ours.model.set_classes(names_of(classes))
        sides = make_sides(ours.model, config)
        baselines.append(sides['plain'].module.eval())
    return baselines


def _go_through(ours: Ours, inputs: torch.Tensor, sets: Sequence[int]) -> None:
    for classes in sets:
        ours.model.set_classes(names_of(classes))
        for _ in range(BATCHES):
            _predict(ours, inputs)


def _predict(module: Baseline | Ours, inputs: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return module.predict(inputs)


def _precision(setting: Setting) -> torch.autocast:
    kind = setting.device.partition(':')[0]
    low = setting.dtype == 'bfloat16'
    return torch.autocast(kind, torch.bfloat16, enabled=low)


def _views_per_second(
    what: str, views: int, seconds: dict[str, float]
) -> Record:
    plain, ours = (views / seconds[name] for name in ('plain', 'ours'))
    return Record(what, 'views/s', plain, ours, ours / plain)
