"""The accuracy between pretrained CLIP and fine-tuned weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config
from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.engine.unwrap import unwrap
from vlprompt.errors import UserError, suggest
from vlprompt.jobs.job import digest_of
from vlprompt.jobs.kept_results import KeptResult, KeptResults

from .ends import Ends

COUNTS = ('scored', 'listed')  # of videos, among the metrics
SMALLER = ('MdR', 'MnR', 'loss')  # where less is better
# Of a config, what the numbers depend on.
KEYS = ('model', 'test_dataloader', 'test_evaluator', 'test_cfg')


class Point(NamedTuple):
    """A weight of pretrained CLIP, and the numbers with it.

    Attributes:
        weight: From 0 to 1.
        metrics: Of the validation.
        seconds: How long it took; None if it was done before.
    """

    weight: float
    metrics: dict[str, float]
    seconds: float | None = None


def test_on_validation(config: Config) -> None:
    """Have a test do what a validation does, without saving the best epoch.

    Args:
        config: The config; changed in place.
    """
    config.test_dataloader = config.val_dataloader
    config.test_evaluator = config.val_evaluator
    config.test_cfg = {**(config.get('val_cfg') or {}), 'type': 'TestLoop'}
    for name in ('dataloader', 'evaluator', 'cfg'):
        config[f'val_{name}'] = None
    for name in ('train_dataloader', 'train_cfg', 'optim_wrapper'):
        config[name] = None
    config.param_scheduler = None


def evaluate_curve(
    runner: Runner,
    ends: Ends,
    weights: Sequence[float],
    file: Path,
    on_point: Callable[[Point], None] = lambda point: None,
) -> list[Point]:
    """Validate mixes of CLIP and what was learned, each once.

    Args:
        runner: Of a config of :func:`test_on_validation`; its model is
            changed.
        ends: What is mixed.
        weights: Of pretrained CLIP.
        file: A JSON file that keeps the numbers for a run that goes on; of
            other checkpoints, lists or settings they are not used.
        on_point: Called with each point as it is known.
    """
    key = _key(runner.cfg, ends)
    kept, points = KeptResults(file), []
    for weight in weights:
        name = f'{weight:g}'
        [before] = _same_everywhere([kept[name]])
        if before is not None and before.key == key and before.metrics:
            point = Point(weight, before.metrics)
        else:
            point = _evaluate(runner, ends, weight)
            if is_main_process():
                kept[name] = KeptResult(key, point.metrics, point.seconds)
        on_point(point)
        points.append(point)
    return points


def choose(points: Sequence[Point], metric: str) -> Point:
    """The best point; of equal ones that with the least of CLIP."""
    ordered = sorted(points, key=lambda point: point.weight)
    return max(ordered, key=lambda point: point.metrics[metric])


def metric_names(metrics: Mapping[str, float]) -> list[str]:
    """The metrics that are not numbers of videos."""
    return [name for name in metrics if name.split('/')[-1] not in COUNTS]


def find_metric(metrics: Mapping[str, float], name: str | None) -> str:
    """The metric to choose by, the first one if none is named.

    Raises:
        UserError: If there is none of this name, or less of it is better.
    """
    names = metric_names(metrics)
    if name is None:
        return names[0]
    if name not in names:
        raise UserError(
            f'no metric {name!r}{suggest(name, names)}: the validation gives '
            f'{", ".join(names)}'
        )
    if name.split('/')[-1].startswith(SMALLER):
        raise UserError(f'--metric {name}: less of it is better')
    return name


class StepHook(Hook):
    """Calls back after each batch of a test.

    Args:
        on_step: What to call.
    """

    def __init__(self, on_step: Callable[[], Any]) -> None:
        self._on_step = on_step

    def after_test_iter(self, runner: Runner, *args, **kwargs) -> None:
        """Call back."""
        self._on_step()


def _evaluate(runner: Runner, ends: Ends, weight: float) -> Point:
    start = time.perf_counter()
    unwrap(runner.model).load_state_dict(ends.mixed(weight))
    found = runner.test()
    metrics = {name: float(value) for name, value in found.items()}
    return Point(weight, metrics, round(time.perf_counter() - start, 1))


def _same_everywhere(values: list) -> list:
    """What the main process has, in all processes."""
    broadcast_object_list(values)
    return values


def _key(config: Config, ends: Ends) -> str:
    values = {name: config.get(name) for name in KEYS}
    sources = [[source.sha256, source.weight] for source in ends.sources]
    dataset = config.test_dataloader.dataset
    files = [str(dataset.get('ann_file')), str(dataset.get('classes'))]
    told = [values, sources, ends.facts['fingerprint']]
    return digest_of(told, files)
