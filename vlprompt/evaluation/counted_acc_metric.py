"""Accuracy that says how many videos it is of."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mmaction.evaluation import AccMetric
from mmengine.logging import MMLogger

from vlprompt.datasets.video_class_dataset import BROKEN
from vlprompt.errors import UserError
from vlprompt.finite import refuse_non_finite
from vlprompt.registry import METRICS

from .ranks import Ranks

NAME = 'name'
TIES = ('expected', 'argsort')


@METRICS.register_module(name=['CountedAccMetric', 'ScoredAccMetric'])
class CountedAccMetric(AccMetric):
    """MMAction2's accuracy, with ``scored`` and ``listed`` numbers of videos.

    Samples that the data set marked as broken (``on_broken='skip'``) are
    named in the log and left out of the accuracy.

    Args:
        shown: How many of them are named.
        tie: What classes count that score the same as the right one: what
            they do on average over all orders (``'expected'``), so that a
            model that tells nothing apart is as good as chance, or whatever
            the order of sorting gives (``'argsort'``, MMAction2).
        kwargs: MMAction2's ``AccMetric``.

    Attributes:
        on_results: Called with all rows when they have been gathered.

    Raises:
        UserError: If ``tie`` is unknown; in ``evaluate``, if scores are not
            finite, or there are none.
    """

    on_results: Callable[[list[dict]], None] | None = None

    def __init__(
        self, shown: int = 10, tie: str = 'expected', **kwargs
    ) -> None:
        super().__init__(**kwargs)
        if tie not in TIES:
            raise UserError(f'tie={tie!r}, expected one of {[*TIES]}')
        self.shown = shown
        self.tie = tie

    def process(
        self, data_batch: Sequence[Any], data_samples: Sequence[dict]
    ) -> None:
        """Collect the scores and labels of a batch."""
        super().process(data_batch, data_samples)
        # A row for every sample: processes take turns in the gathered rows.
        rows = self.results[-len(data_samples) :]
        for row, sample in zip(rows, data_samples, strict=True):
            # The first is the one that is listed, others were to replace it.
            row[BROKEN] = ''.join(map(str, sample.get(BROKEN, ())[:1]))
            row[NAME] = sample.get('filename', '')

    def compute_metrics(self, results: list[dict]) -> dict[str, float]:
        """The accuracies of all rows that were scored, and how many."""
        broken = [row[BROKEN] for row in results if row[BROKEN]]
        scored = [row for row in results if not row[BROKEN]]
        if broken:
            named = ''.join(f'\n  {video}' for video in broken[: self.shown])
            MMLogger.get_current_instance().warning(
                f'{len(broken)} of {len(results)} videos were not scored:'
                f'{named}'
            )
        if not scored:
            raise UserError('not one video of the test set could be read')
        names = [row[NAME] or f'number {i}' for i, row in enumerate(scored)]
        refuse_non_finite([row['pred'] for row in scored], names)
        metrics = super().compute_metrics(scored)
        if self.on_results is not None:
            self.on_results(results)
        return {**metrics, 'scored': len(scored), 'listed': len(results)}

    def calculate(
        self, preds: list[np.ndarray], labels: list[int | np.ndarray]
    ) -> dict[str, float]:
        """The accuracies of scores, those of equal ones as ``tie`` says."""
        metrics = super().calculate(preds, labels)
        scores, labels = np.stack(preds), np.array(labels)
        _warn_of_equal(scores)
        known = (
            labels.ndim == 1
            and ((labels >= 0) & (labels < scores.shape[1])).all()
        )
        if self.tie == 'argsort' or not known:
            return metrics
        ranks = ranks_of_labels(scores, labels)
        if not ranks.tied.any():
            return metrics
        for name in metrics:
            if name.startswith('top'):
                right = ranks.within(int(name.removeprefix('top')), self.tie)
                metrics[name] = right.mean()
        if 'mean1' in metrics:
            right = ranks.within(1, self.tie)
            metrics['mean1'] = _mean_of_classes(scores, labels, right)
        return metrics


def ranks_of_labels(scores: np.ndarray, labels: np.ndarray) -> Ranks:
    """(N, C) scores and (N,) labels to the (N,) ranks of the labels."""
    own = scores[np.arange(len(labels)), labels][:, None]
    better = (scores > own).sum(axis=1)
    return Ranks(better, (scores == own).sum(axis=1) - 1, np.ones(len(own)))


def _mean_of_classes(
    scores: np.ndarray, labels: np.ndarray, right: np.ndarray
) -> float:
    """As MMAction2: classes that are only predicted count with 0."""
    best = scores.max(axis=1, keepdims=True)
    certain = (scores == best).sum(axis=1) == 1
    predicted = scores[certain].argmax(axis=1)
    classes = np.unique(np.concatenate([labels, predicted]))
    counts = np.maximum(np.bincount(labels, minlength=scores.shape[1]), 1)
    hits = np.bincount(labels, right, minlength=scores.shape[1])
    return (hits / counts)[classes].mean()


def _warn_of_equal(scores: np.ndarray) -> None:
    """Say if a model tells neither classes nor videos apart."""
    videos, classes = scores.shape
    what = ''
    if classes > 1 and not np.ptp(scores, axis=1).any():
        what = 'all classes have the same score, in each of'
    elif videos > 1 and np.allclose(scores, scores[:1], rtol=1e-6, atol=0):
        what = 'all features are equal: the scores are the same in'
    if what:
        MMLogger.get_current_instance().warning(f'{what} {videos} videos')
