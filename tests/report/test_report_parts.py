"""Curves, statistics, records and strips."""

from types import SimpleNamespace

import numpy as np
import pytest
from made_runs import make_clip, make_training
from scipy.stats import binomtest

from vlprompt.records import RecordHook
from vlprompt.records.predictions import best_of, keep_classes
from vlprompt.report.clips import Gallery
from vlprompt.report.curves import MOST_POINTS, read_curves
from vlprompt.report.facts_table import duration
from vlprompt.report.statistics import calibrate, duel, mcnemar, wilson


def test_a_resumed_training_is_one_curve(tmp_path):
    make_training(tmp_path, [5, 4, 3, 9], '20260101_000000')
    make_training(tmp_path, [2, 1], '20260101_000001', first=4)
    curves = read_curves(tmp_path)
    assert curves.lines['loss'].values == (5, 4, 3, 2, 1)
    assert curves.lines['loss'].epochs == (1, 2, 3, 4, 5)
    assert curves.lines['acc/top1'].epochs == (5,)
    assert curves.seconds == pytest.approx(2.5)
    assert curves.memory_mb is None


def test_a_training_from_the_start_replaces_the_one_before(tmp_path):
    make_training(tmp_path, [5, 4, 3], '20260101_000000')
    make_training(tmp_path, [2, 1], '20260101_000001')
    assert read_curves(tmp_path).lines['loss'].values == (2, 1)


def test_a_line_that_was_cut_off_is_passed_over(tmp_path):
    make_training(tmp_path, [2, 1])
    (log,) = tmp_path.glob('*/vis_data/scalars.json')
    log.write_text(log.read_text() + '\n{"loss": 0.')
    assert read_curves(tmp_path).lines['loss'].values == (2, 1)


def test_long_curves_are_thinned_and_keep_their_end(tmp_path):
    make_training(tmp_path, range(1000, 0, -1))
    values = read_curves(tmp_path).lines['loss'].values
    assert len(values) <= MOST_POINTS
    assert values[-1] == 1


def test_no_training_is_none(tmp_path):
    assert read_curves(tmp_path) is None


@pytest.mark.parametrize(('share', 'total'), [(0.5, 100), (0.9, 20), (0, 7)])
def test_wilson_is_the_interval_of_scipy(share, total):
    test = binomtest(round(share * total), total)
    expected = test.proportion_ci(method='wilson')
    found = wilson(share, total)
    assert found.low == pytest.approx(expected.low, abs=1e-6)
    assert found.high == pytest.approx(expected.high, abs=1e-6)


@pytest.mark.parametrize(
    ('wins', 'losses'),
    [(1, 9), (5, 5), (300, 200), (9000, 9200)],
)
def test_mcnemar_is_the_test_of_scipy(wins, losses):
    expected = binomtest(wins, wins + losses).pvalue
    assert mcnemar(wins, losses) == pytest.approx(expected)


def test_a_duel_counts_who_is_right():
    first = np.array([1, 1, 0, 0, 0], bool)
    second = np.array([1, 0, 1, 1, 0], bool)
    found = duel(first, second)
    assert found.wins.tolist() == [2, 3]
    assert found.losses.tolist() == [1]
    assert (found.both, found.neither) == (1, 1)
    assert found.difference == pytest.approx(0.2)
    assert found.interval.low < 0.2 < found.interval.high
    assert found.interval == duel(first, second).interval


def test_the_interval_of_a_duel_is_that_of_paired_differences():
    rng = np.random.default_rng(1)
    first, second = rng.random((2, 4000)) < [[0.6], [0.65]]
    found = duel(first, second)
    differences = second.astype(float) - first
    half = 1.96 * differences.std() / np.sqrt(len(differences))
    assert found.interval.low == pytest.approx(
        found.difference - half, abs=2e-3
    )
    assert found.interval.high == pytest.approx(
        found.difference + half, abs=2e-3
    )


def test_calibration_of_a_model_that_is_always_sure():
    found = calibrate(np.full(10, 0.95), np.arange(10) < 5)
    assert found.confidence == pytest.approx([0.95])
    assert (found.accuracy, found.count) == ([0.5], [10])
    assert found.error == pytest.approx(0.45)


def test_the_best_classes_are_kept():
    rows = [
        dict(pred=np.array([0.1, 0.7, 0.2]), label=1),
        # two views
        dict(pred=np.array([[0.5, 0.2, 0.3], [0.1, 0.2, 0.7]]), label=0),
    ]
    kept = keep_classes(rows, ['a', 'b'], ['x', 'y', 'z'], ['c (why)'])
    assert kept.best == [[1, 2, 0], [2, 0, 1]]
    assert kept.scores == [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]]
    assert kept.probabilities
    assert kept.matrix().tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_similarities_are_no_probabilities():
    rows = [dict(pred=np.array([12.0, 20.0]), label=0)]
    kept = keep_classes(rows, ['a'], [], [])
    assert not kept.probabilities
    assert kept.classes == ['0', '1']


def test_several_labels_are_not_kept():
    rows = [dict(pred=np.array([0.5, 0.5]), label=np.array([0, 1]))]
    assert keep_classes(rows, ['a'], ['x', 'y'], []) is None


def test_the_best_items_of_queries():
    scores = np.array([[0, 9, 3, 4, 5, 8, 7], [6, 5, 4, 3, 2, 1, 0]])
    assert best_of(scores) == [[1, 5, 6, 4, 3], [0, 1, 2, 3, 4]]


def test_a_gallery_decodes_each_clip_once_and_stops(tmp_path):
    files = [make_clip(tmp_path / f'{i}.mp4', i) for i in range(3)]
    gallery = Gallery(2)
    first = gallery.show(files[0])
    assert first.strip is not None
    again = gallery.show(files[0])
    assert again.strip is None
    assert again.anchor == first.anchor
    assert gallery.show(files[1]).strip is not None
    assert gallery.show(files[2]).strip is None
    assert (gallery.count, gallery.left_out) == (2, 1)


@pytest.mark.parametrize('fault', [RuntimeError, IndexError])
def test_where_a_model_fails_the_frames_are_shown(tmp_path, fault):
    def look(file, text):
        raise fault('out of memory')

    shown = Gallery(1).show(make_clip(tmp_path / 'a.mp4', 0), look, 'a dog')
    assert shown.strip is not None
    assert not shown.why_not


def test_a_record_that_cannot_be_made_ends_no_run(tmp_path):
    lines = []
    logger = SimpleNamespace(warning=lines.append)
    runner = SimpleNamespace(work_dir=str(tmp_path), logger=logger)
    RecordHook().before_train(runner)  # of a runner without a config
    (line,) = lines
    assert 'nothing is recorded for reports: AttributeError' in line
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ('seconds', 'text'),
    [
        (None, 'not recorded'),
        (4.21, '4.2 s'),
        (200, '3 min 20 s'),
        (3900, '1 h 05 min'),
    ],
)
def test_durations_are_read_easily(seconds, text):
    assert duration(seconds) == text
