"""Retrieval compares as the model does."""

from collections.abc import Callable

from mmengine.evaluator import Evaluator
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import Tensor, nn

from vlprompt.evaluation import VideoTextRetrievalMetric
from vlprompt.models import VideoTextFeatures
from vlprompt.registry import HOOKS

from ..unwrap import unwrap


@HOOKS.register_module(name=['HeadSimilarityHook', 'RetrievalHook'])
class HeadSimilarityHook(Hook):
    """Gives the metric of retrieval the head's ways to compare.

    Heads that compare captions with frames (``TightTransformerHead``,
    ``fusion='decision'``) need it; the others compare by cosine, as the
    metric does by itself.
    """

    def before_val_epoch(self, runner: Runner) -> None:
        """Connect the metrics of the validation with the head."""
        _connect(runner, runner.val_loop.evaluator)

    def before_test_epoch(self, runner: Runner) -> None:
        """Connect the metrics of the test with the head."""
        _connect(runner, runner.test_loop.evaluator)


def _connect(runner: Runner, evaluator: Evaluator) -> None:
    head = getattr(unwrap(runner.model), 'cls_head', None)
    for metric in evaluator.metrics:
        if isinstance(metric, VideoTextRetrievalMetric) and hasattr(
            head, 'compare'
        ):
            metric.compare = _where_it_is(head, head.compare)
            metric.further = {
                name: _where_it_is(head, compare)
                for name, compare in getattr(
                    head, 'further_scores', {}
                ).items()
            }


def _where_it_is(head: nn.Module, compare: Callable) -> Callable:
    """A comparison of the head's, where the head is."""

    def compare_there(features: VideoTextFeatures, *others: Tensor) -> Tensor:
        device = next(head.parameters()).device
        others = [other.to(device) for other in others]
        return compare(features.to(device), *others)

    return compare_there
