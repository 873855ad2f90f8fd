"""GPU hours and disk of a table, extrapolated as docs/scaling.md does."""

from __future__ import annotations

import math
from typing import NamedTuple

from mmengine.config import Config

from vlprompt.apis import load_config
from vlprompt.averaging.files import hooks_of
from vlprompt.datasets.pipelines import count_views
from vlprompt.protocols.conditions import INTERPOLATED
from vlprompt.reproduce.tables import PaperTable, Run
from vlprompt.shipped import find_config
from vlprompt.shipped_configs import ShippedConfig

PEAK, SHARE = 312e12, 0.45  # of an A100, as in docs/scaling.md
FORWARD, FROZEN, TUNED = 1, 2, 3  # passes: a test, few weights, most of them
STATE = 3 * 4  # bytes of a parameter: itself and AdamW's two moments
GIGABYTE = 1e9


class Size(NamedTuple):
    """Clips of a data set, rounded where copies differ.

    Attributes:
        train: Of the whole training list; pairs, of captions.
        test: Of the list that is tested.
        classes: How many.
        base_classes: How many of them are base classes.
        base: Of the base classes' test list.
        novel: Of the novel ones'.
    """

    train: int
    test: int
    classes: int = 0
    base_classes: int = 0
    base: int = 0
    novel: int = 0


SIZES = {
    'k400': Size(240_000, 19_877, 400, 200, 9_944, 9_933),
    'hmdb51': Size(3_570, 1_530, 51, 26, 780, 750),
    'ucf101': Size(9_537, 3_783, 101, 51, 2_088, 1_695),
    'ssv2': Size(168_913, 24_777, 174, 87, 17_562, 7_215),
    'k600': Size(0, 14_066, 160),
    'msrvtt': Size(180_000, 1_000),
    'msvd': Size(48_000, 670),
    'lsmdc': Size(101_079, 1_000),
    'didemo': Size(8_395, 1_004),
    'toy': Size(288, 384, 48, 24, 192, 192),
}
SPLITS, DRAWS, SHOTS = 3, 3, 16


class Estimate(NamedTuple):
    """What a table costs.

    Attributes:
        hours: Of one A100.
        disk: Of checkpoints, in GB.
        trainings: How many.
    """

    hours: float
    disk: float
    trainings: int

    def words(self) -> str:
        """``about 31 GPU hours and 12 GB in 3 trainings``."""
        hours = _rounded(self.hours)
        many = f'{self.trainings} training{"s" * (self.trainings != 1)}'
        return f'{hours} GPU hours, {_rounded(self.disk)} GB, {many}'


def estimate(
    table: PaperTable, runs: list[Run], facts: dict[str, ShippedConfig]
) -> Estimate:
    """The cost of rows; a training that several begin with counts once.

    Args:
        table: The table.
        runs: Its rows.
        facts: What the metafiles say of configs, by their names.
    """
    costs = [_cost(table, run, facts) for run in runs]
    firsts = {
        name: _first(name, facts)
        for run in runs
        if (name := run.trained_by or run.second_stage_of)
    }
    parts = [*costs, *firsts.values()]
    return Estimate(*(sum(column) for column in zip(*parts, strict=True)))


def _cost(
    table: PaperTable, run: Run, facts: dict[str, ShippedConfig]
) -> Estimate:
    """Of the trainings and tests of a row, without what it begins with."""
    config = load_config(find_config(f'{run.config}.py'))
    views = math.prod(count_views(config.test_dataloader.dataset.pipeline))
    learns = bool(config.model.get('trainable', True))
    hours, trainings = 0.0, 0
    for train, validated, tested in _loads(table, run):
        hours += _hours(run.config, views * tested, FORWARD, facts)
        if train and learns:
            load = (train, validated, facts)
            hours += _training_hours(config, run.config, *load)
            trainings += 1
    disk = trainings * _disk(config, facts[run.config].trainable)
    return Estimate(hours, disk, trainings)


def _loads(table: PaperTable, run: Run) -> list[tuple[int, int, int]]:
    """Clips that are trained, validated and tested, of each training."""
    loads = []
    for name in table.datasets(run):
        size = SIZES[name]
        if run.eval == 'zero-shot':
            loads.append((0, 0, SPLITS * size.test))
        elif run.eval == 'few-shot':
            for shots in table.shots(run):
                loads.append((shots * size.classes, size.test, size.test))
        elif run.eval == 'base-to-novel':
            one = (
                SHOTS * size.base_classes,
                size.base,
                size.base + size.novel,
            )
            loads += DRAWS * [one]
        else:
            train = size.train if '--train' in run.flags else 0
            loads.append((train, size.test, size.test))
    return loads


def _first(name: str, facts: dict[str, ShippedConfig]) -> Estimate:
    """Of a training on Kinetics-400, or in the toy world."""
    config = load_config(find_config(f'{name}.py'))
    size = SIZES['toy' if name.endswith('_toy') else 'k400']
    hours = _training_hours(config, name, size.train, size.test, facts)
    return Estimate(hours, _disk(config, facts[name].trainable), 1)


def _training_hours(
    config: Config,
    name: str,
    train: int,
    validated: int,
    facts: dict[str, ShippedConfig],
) -> float:
    loop, known = config.train_cfg, facts[name]
    most = known.trainable > known.parameters / 2
    epochs = loop.max_epochs
    twice = 1 + bool(hooks_of(config, INTERPOLATED))  # two backward passes
    passes = twice * epochs * train
    checks = epochs // loop.get('val_interval', 1) * validated
    times = TUNED if most else FROZEN
    return _hours(name, passes, times, facts) + _hours(
        name, checks, FORWARD, facts
    )


def _hours(
    name: str,
    clips: int,
    passes: int,
    facts: dict[str, ShippedConfig],
) -> float:
    operations = 2 * facts[name].macs  # of a view, multiply and add
    return clips * passes * operations / (PEAK * SHARE) / 3600


def _disk(config: Config, learned: int) -> float:
    """Of the checkpoints that a training keeps: the last, and the best."""
    hook = config.default_hooks.checkpoint
    kept = max(hook.get('max_keep_ckpts', 1), 1) + bool(hook.get('save_best'))
    return kept * learned * STATE / GIGABYTE


def _rounded(value: float) -> str:
    """Two digits: no more is known."""
    if value < 1:
        return 'under 1'
    digits = 1 - math.floor(math.log10(value))
    return f'{round(value, digits):,.0f}'
