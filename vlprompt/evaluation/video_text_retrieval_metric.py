"""Retrieval of videos by captions and of captions by videos."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mmengine.dist import all_gather_object
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger

from vlprompt.errors import UserError
from vlprompt.registry import METRICS

from .ranks import TIES, Ranks
from .retrieval import VIDEO_TO_TEXT, Ranking, summarize, text_to_video_ranks
from .retrieval_rows import Row, check_features, row_of
from .retrieval_scores import (
    Compare,
    CompareByOwn,
    cosine,
    dual_softmax,
    score_by_own_captions,
    score_pairs,
)

RANKED = dict(group='groups of captions', caption='single captions')


@METRICS.register_module()
class VideoTextRetrievalMetric(BaseMetric):
    """Recalls at 1, 5 and 10, median and mean rank, in both directions.

    Every sample is a video with all its captions
    (:class:`VideoCaptionDataset` in testing).  Videos are told apart by
    ``sample_idx``: neither their order nor the number of processes matters,
    and samples that are repeated to fill a batch count once.  All processes
    compare a part of the pairs each.

    Captions and videos are compared by cosine unless ``HeadSimilarityHook``
    says how the model's head does.

    Metrics: ``t2v/R1``, ``R5``, ``R10`` (percent), ``MdR``, ``MnR``, the
    same of ``v2t``, and the numbers of ``captions``, of videos ``scored``
    and ``listed``, and of captions that were ``truncated``.

    Args:
        v2t: What a video ranks: ``'group'``, groups of captions of one
            video, which score as their best one (CLIP4Clip), or
            ``'caption'``, all captions, of which its best one counts.
        dsl: Temperature of :func:`dual_softmax`, in units of the scores, 1
            for a head's scaled cosines.  It adds ``dsl/t2v/R1`` and so on
            to the metrics, which say what a model does that knows all
            queries; the others stay as they are.
        tie: What wrong items that score as the right one cost: what they do
            on average over all orders (``'expected'``), half a rank each
            (``'mean'``) or nothing (``'strict'``, as in CLIP4Clip's code).
        shown: How many unreadable videos are named.
        kwargs: MMEngine's ``BaseMetric``.

    Attributes:
        compare: Captions and videos to similarities.
        further: By name, other ways to compare that are told a caption of
            each video.  Their metrics are ``NAME/t2v/R1`` and so on.
        on_results: Called with what the metrics are computed from.

    Raises:
        UserError: If an option is unknown; in ``evaluate``, if samples lack
            features or their index, or not all videos were seen.
    """

    default_prefix = ''
    on_results: Callable[[Ranking], None] | None = None

    def __init__(
        self,
        v2t: str = 'group',
        tie: str = 'expected',
        dsl: float | None = None,
        shown: int = 10,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        if v2t not in VIDEO_TO_TEXT:
            raise UserError(f'v2t={v2t!r}, expected one of {[*VIDEO_TO_TEXT]}')
        if tie not in TIES:
            raise UserError(f'tie={tie!r}, expected one of {[*TIES]}')
        if dsl is not None and not dsl > 0:
            raise UserError(f'dsl={dsl}, expected a temperature above 0')
        self.v2t = v2t
        self.tie = tie
        self.dsl = dsl
        self.shown = shown
        self.compare: Compare = cosine
        self.further: dict[str, CompareByOwn] = {}
        self._broken: list[str] = []

    def process(
        self, data_batch: Sequence[Any], data_samples: Sequence[dict]
    ) -> None:
        """Collect the features of a batch."""
        self.results += [row_of(sample) for sample in data_samples]

    def evaluate(self, size: int) -> dict[str, float]:
        """The metrics of all processes' rows; called by all of them.

        Args:
            size: How many videos the data set has.
        """
        rows = [r for rows in all_gather_object(self.results) for r in rows]
        self.results.clear()
        scored = {row.index: row for row in rows if not row.broken}
        broken = sorted({row.broken for row in rows if row.broken})
        if len(scored) + len(broken) != size:
            raise UserError(
                f'{len(scored) + len(broken)} different videos were seen, the '
                f'data set has {size}: retrieval wants each of them once, in '
                'one VideoCaptionDataset(test_mode=True)'
            )
        self._broken = broken
        if broken:
            self._warn(broken, size)
        metrics = self.compute_metrics([scored[i] for i in sorted(scored)])
        metrics['listed'] = float(size)
        prefix = f'{self.prefix}/' if self.prefix else ''
        return {f'{prefix}{name}': value for name, value in metrics.items()}

    def compute_metrics(self, results: list[Row]) -> dict[str, float]:
        """The metrics of videos that were scored."""
        if not results:
            raise UserError('not one video of the test set could be read')
        check_features(results)
        owner = np.repeat(
            np.arange(len(results)), [len(row.text) for row in results]
        )
        scores = score_pairs(results, self.compare)
        t2v = text_to_video_ranks(scores, owner)
        v2t = VIDEO_TO_TEXT[self.v2t](scores, owner)
        truncated = sum(row.truncated for row in results)
        self._explain(len(owner), len(results), truncated)
        if self.on_results is not None:
            indices = [row.index for row in results]
            ranks = (t2v.values(self.tie), v2t.values(self.tie))
            self.on_results(
                Ranking(indices, owner, scores, *ranks, self._broken)
            )
        return {
            **self._summarize(t2v, v2t),
            **self._further(results, scores, owner),
            # MMEngine writes integers as null
            'captions': float(len(owner)),
            'truncated': float(truncated),
            'scored': float(len(results)),
        }

    def _further(
        self, rows: list[Row], scores: np.ndarray, owner: np.ndarray
    ) -> dict[str, float]:
        """The metrics of scores that are not the model's own."""
        others = {
            name: (score_by_own_captions(rows, compare),) * 2
            for name, compare in self.further.items()
        }
        if self.dsl is not None:
            others['dsl'] = dual_softmax(scores, self.dsl)
        metrics = {}
        for name, (by_text, by_video) in others.items():
            t2v = text_to_video_ranks(by_text, owner)
            v2t = VIDEO_TO_TEXT[self.v2t](by_video, owner)
            for key, value in self._summarize(t2v, v2t).items():
                metrics[f'{name}/{key}'] = value
        return metrics

    def _summarize(self, t2v: Ranks, v2t: Ranks) -> dict[str, float]:
        return {
            f'{way}/{name}': value
            for way, ranks in dict(t2v=t2v, v2t=v2t).items()
            for name, value in summarize(ranks, self.tie).items()
        }

    def _warn(self, broken: list[str], size: int) -> None:
        named = ''.join(f'\n  {video}' for video in broken[: self.shown])
        MMLogger.get_current_instance().warning(
            f'{len(broken)} of {size} videos were not scored, nor their '
            f'captions:{named}'
        )

    def _explain(self, captions: int, videos: int, truncated: int) -> None:
        logger = MMLogger.get_current_instance()
        logger.info(
            f'{captions} captions and {videos} videos; to text, a video '
            f'ranks {RANKED[self.v2t]} (v2t={self.v2t!r}), tie={self.tie!r}'
        )
        if truncated:
            logger.warning(
                f'{truncated} of {captions} captions were truncated '
                '(texts.max_tokens)'
            )
