"""The metric: who was scored, and with few classes."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MMLogger

from vlprompt.datasets.video_class_dataset import BrokenVideo
from vlprompt.errors import UserError
from vlprompt.evaluation import CountedAccMetric


def sample(scores, label, *broken):
    data = dict(
        pred_score=torch.tensor(scores), gt_label=torch.tensor([label])
    )
    videos = [BrokenVideo(name, 'empty') for name in broken]
    return data | (dict(broken_videos=videos) if broken else {})


@pytest.fixture
def warnings(monkeypatch):
    lines = []
    logger = SimpleNamespace(warning=lines.append)
    monkeypatch.setattr(MMLogger, 'get_current_instance', lambda: logger)
    return lines


def test_broken_videos_are_left_out_named_and_counted(warnings):
    metric = CountedAccMetric()
    metric.process([], [sample([0.9, 0.1, 0.0], 0), sample([0.1, 0.9, 0], 2)])
    metric.process([], [sample([0.9, 0.1, 0.0], 2, 'lost.mp4', 'b.mp4')])
    metrics = metric.evaluate(3)
    assert metrics['acc/top1'] == 0.5
    assert metrics['acc/top5'] == 1.0
    assert (metrics['acc/scored'], metrics['acc/listed']) == (2, 3)
    (line,) = warnings
    assert line == '1 of 3 videos were not scored:\n  lost.mp4 (empty)'


def test_without_broken_videos_there_is_no_warning(warnings):
    metric = CountedAccMetric()
    metric.process([], [sample([0.9, 0.1], 0), sample([0.9, 0.1], 1)])
    metrics = metric.evaluate(2)
    assert (metrics['acc/top1'], metrics['acc/scored']) == (0.5, 2)
    assert not warnings


def test_nothing_scored_is_an_error(warnings):
    metric = CountedAccMetric()
    metric.process([], [sample([0.9, 0.1], 0, 'lost.mp4')])
    with pytest.raises(UserError, match='not one video'):
        metric.evaluate(1)
