"""Accuracy that says how many videos it is of."""

from collections.abc import Callable, Sequence
from typing import Any

from mmaction.evaluation import AccMetric
from mmengine.logging import MMLogger

from vlprompt.datasets.video_class_dataset import BROKEN
from vlprompt.errors import UserError
from vlprompt.registry import METRICS


@METRICS.register_module(name=['CountedAccMetric', 'ScoredAccMetric'])
class CountedAccMetric(AccMetric):
    """MMAction2's accuracy, with ``scored`` and ``listed`` numbers of videos.

    Samples that the data set marked as broken (``on_broken='skip'``) are
    named in the log and left out of the accuracy.

    Args:
        shown: How many of them are named.
        kwargs: MMAction2's ``AccMetric``.

    Attributes:
        on_results: Called with all rows when they have been gathered.
    """

    on_results: Callable[[list[dict]], None] | None = None

    def __init__(self, shown: int = 10, **kwargs) -> None:
        super().__init__(**kwargs)
        self.shown = shown

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
            row['filename'] = sample.get('filename', '')

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
        metrics = super().compute_metrics(scored)
        if self.on_results is not None:
            self.on_results(results)
        return {**metrics, 'scored': len(scored), 'listed': len(results)}
