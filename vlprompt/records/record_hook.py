"""Leaves in a work folder what a report is made of."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.averaging.recipe import recipe_line, recipe_of
from vlprompt.datasets.seeded_video_dataset import BROKEN
from vlprompt.errors import last_line
from vlprompt.evaluation.counted_acc_metric import NAME
from vlprompt.evaluation.retrieval import Ranking

from .facts import facts_of_test, facts_of_training
from .files import PREDICTIONS, TEST, TRAINING, write_json
from .predictions import (
    RetrievalPredictions,
    best_of,
    keep_classes,
    to_json,
)


class RecordHook(Hook):
    """Writes what a run is of, and the best few predictions of a test.

    ``training.json``, ``test.json`` and ``predictions.json`` are for
    ``vlprompt report``.  A record that cannot be made is one line in the
    log: it never ends a run, whose numbers count more.
    """

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self._kept: Any = None
        self._made_of: dict[str, str] = {}
        self._start = 0.0

    def before_train(self, runner: Runner) -> None:
        """Write what the training is of."""
        self._write(runner, TRAINING, partial(facts_of_training, runner))

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Note what averaged weights are made of."""
        if recipe := recipe_of(checkpoint.get('meta')):
            self._made_of = dict(averaged=recipe_line(recipe))

    def before_test_epoch(self, runner: Runner) -> None:
        """Have the metrics say what they are computed from."""
        self._kept, self._start = None, time.perf_counter()
        for metric in runner.test_loop.evaluator.metrics:
            if hasattr(metric, 'on_results'):
                metric.on_results = partial(self._keep, runner)

    def after_test_epoch(
        self, runner: Runner, metrics: dict[str, float] | None = None
    ) -> None:
        """Write what the test was of, and the predictions."""
        seconds = round(time.perf_counter() - self._start, 1)
        if self._kept is not None:
            kept = self._kept
            self._write(runner, PREDICTIONS, partial(to_json, kept))
        self._write(
            runner,
            TEST,
            lambda: (
                facts_of_test(runner)
                | self._made_of
                | dict(seconds=seconds, memory_mb=_memory())
            ),
        )

    def _keep(self, runner: Runner, results: Any) -> None:
        """Remember the best predictions, in the main process."""
        if not is_main_process():
            return
        make = _rank if isinstance(results, Ranking) else _classify
        self._attempt(runner, lambda: self._set(make(runner, results)))

    def _set(self, kept: Any) -> None:
        self._kept = kept

    def _write(self, runner: Runner, name: str, make: Any) -> None:
        if is_main_process():
            path = Path(runner.work_dir, name)
            self._attempt(runner, lambda: write_json(path, make()))

    @staticmethod
    def _attempt(runner: Runner, work: Any) -> None:
        try:
            work()
        except Exception as error:  # see the docstring of the class
            runner.logger.warning(
                f'nothing is recorded for reports: {type(error).__name__}: '
                f'{last_line(error)}'
            )


def _classify(runner: Runner, rows: Sequence[Mapping[str, Any]]) -> Any:
    dataset = runner.test_dataloader.dataset
    videos = [
        row.get(NAME) or dataset.get_data_info(i).get('filename', '')
        for i, row in enumerate(rows)
    ]
    scored = [i for i, row in enumerate(rows) if not row[BROKEN]]
    return keep_classes(
        [rows[i] for i in scored],
        [videos[i] for i in scored],
        getattr(dataset, 'metainfo', {}).get('classes', ()),
        [row[BROKEN] for row in rows if row[BROKEN]],
    )


def _rank(runner: Runner, ranking: Ranking) -> RetrievalPredictions:
    dataset = runner.test_dataloader.dataset
    infos = [dataset.get_data_info(i) for i in ranking.indices]
    return RetrievalPredictions(
        [info['filename'] for info in infos],
        [text for info in infos for text in info['text']],
        ranking.owner.tolist(),
        ranking.t2v.tolist(),
        best_of(ranking.scores),
        ranking.v2t.tolist(),
        best_of(ranking.scores.T),
        list(ranking.broken),
    )


def _memory() -> float | None:
    """The most that tensors took on the GPU, in MB; None without one."""
    if not torch.cuda.is_available():
        return None
    return round(torch.cuda.max_memory_allocated() / 1e6)
