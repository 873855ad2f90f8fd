"""The metric: who was scored, and with few classes."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmaction.evaluation import AccMetric
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
    metric.process([], [sample([0.9, 0.1], 0), sample([0.8, 0.2], 1)])
    metrics = metric.evaluate(2)
    assert (metrics['acc/top1'], metrics['acc/scored']) == (0.5, 2)
    assert not warnings


def test_nothing_scored_is_an_error(warnings):
    metric = CountedAccMetric()
    metric.process([], [sample([0.9, 0.1], 0, 'lost.mp4')])
    with pytest.raises(UserError, match='not one video'):
        metric.evaluate(1)


def evaluated(scores, labels, kind=CountedAccMetric, **kwargs):
    metric = kind(**kwargs)
    for row, label in zip(scores, labels, strict=True):
        metric.process([], [sample(row, int(label))])
    return metric.evaluate(len(labels))


def test_without_ties_it_is_mmactions(warnings):
    rng = np.random.default_rng(0)
    scores = rng.permuted(np.tile(np.arange(9.0), (50, 1)), axis=1).tolist()
    labels = rng.integers(0, 7, 50)
    metrics = evaluated(scores, labels)
    expected = evaluated(scores, labels, AccMetric)
    assert {name: metrics[name] for name in expected} == expected


def test_a_model_that_tells_nothing_apart_is_chance(warnings):
    labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8]
    metrics = evaluated([[0.1] * 10] * 10, labels)
    assert metrics['acc/top1'] == pytest.approx(0.1)
    assert metrics['acc/top5'] == pytest.approx(0.5)
    assert metrics['acc/mean1'] == pytest.approx(0.1)
    assert warnings == [
        'all classes have the same score, in each of 10 videos'
    ]
    published = evaluated([[0.1] * 10] * 10, labels, tie='argsort')
    other = evaluated([[0.1] * 10] * 10, labels, AccMetric)
    assert published.items() >= other.items()


def test_classes_that_share_the_best_score(warnings):
    scores = [[0.4, 0.4, 0.2], [0.1, 0.2, 0.7], [0.3, 0.5, 0.2]]
    metrics = evaluated(scores, [0, 2, 0])
    assert metrics['acc/top1'] == pytest.approx((0.5 + 1 + 0) / 3)
    # class 0: a quarter, class 1, which is predicted: 0, class 2: all
    assert metrics['acc/mean1'] == pytest.approx((0.25 + 0 + 1) / 3)


@pytest.mark.parametrize('tie', ['expected', 'argsort'])
@pytest.mark.parametrize('wrong', [float('nan'), float('inf')])
def test_scores_that_are_no_numbers(warnings, tie, wrong):
    metric = CountedAccMetric(tie=tie)
    named = sample([wrong, 0.1], 0) | dict(filename='b.mp4')
    metric.process([], [sample([0.9, 0.1], 0), named, sample([wrong, 0], 1)])
    line = 'scores of 2 of 3 videos are not finite numbers, of b.mp4 first'
    with pytest.raises(UserError, match=line):
        metric.evaluate(3)


def test_unknown_tie():
    with pytest.raises(UserError, match=r"tie='lucky', expected one of"):
        CountedAccMetric(tie='lucky')
