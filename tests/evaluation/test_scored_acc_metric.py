"""The metric: who was scored, and with few classes."""

import pytest
import torch

from vlprompt.errors import UserError
from vlprompt.evaluation import ScoredAccMetric


def sample(scores, label, broken=None):
    data = dict(
        pred_score=torch.tensor(scores), gt_label=torch.tensor([label])
    )
    return data | (dict(broken_videos=[broken]) if broken else {})


def test_broken_videos_are_left_out_and_counted():
    metric = ScoredAccMetric()
    metric.process([], [sample([0.9, 0.1, 0.0], 0), sample([0.1, 0.9, 0], 2)])
    metric.process([], [sample([0.9, 0.1, 0.0], 2, 'lost.mp4')])
    metrics = metric.evaluate(3)
    assert metrics['acc/top1'] == 0.5
    assert metrics['acc/top5'] == 1.0
    assert (metrics['acc/scored'], metrics['acc/listed']) == (2, 3)


def test_nothing_scored_is_an_error():
    metric = ScoredAccMetric()
    metric.process([], [sample([0.9, 0.1], 0, 'lost.mp4')])
    with pytest.raises(UserError, match='not one video'):
        metric.evaluate(1)
