"""A test whose scores are no numbers ends."""

from collections.abc import Sequence
from typing import Any

from mmengine.dist import all_gather_object
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.finite import is_finite, refuse_videos
from vlprompt.registry import HOOKS


@HOOKS.register_module()
class FiniteScoresHook(Hook):
    """Refuses the metrics of a test that has scores of NaN or infinity.

    It does so for the metrics of other packages, such as MMAction2's
    ``AccMetric``, whose accuracy of NaN is up to 100 %; ours refuse them by
    themselves.

    Raises:
        UserError: It says of how many videos, and names the first.
    """

    def __init__(self) -> None:
        self._wrong: list[str] = []
        self._total = 0

    def before_val_epoch(self, runner: Runner) -> None:
        """Begin to count."""
        self._wrong, self._total = [], 0

    before_test_epoch = before_val_epoch

    def after_val_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Sequence | None = None,
    ) -> None:
        """Look at the scores of a batch."""
        for sample in outputs or ():
            scores = getattr(sample, 'pred_score', None)
            if scores is not None and not is_finite(scores):
                name = sample.get('filename') or f'number {self._total}'
                self._wrong.append(name)
            self._total += 1

    after_test_iter = after_val_iter

    def after_val_epoch(
        self, runner: Runner, metrics: dict[str, float] | None = None
    ) -> None:
        """Refuse, before a checkpoint is called the best by such a metric."""
        found = all_gather_object((self._wrong, self._total))
        wrong = [name for names, _ in found for name in names]
        refuse_videos(wrong, sum(total for _, total in found))

    after_test_epoch = after_val_epoch
