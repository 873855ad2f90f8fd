"""Dumped predictions, and what is confused in them."""

import os
import pickle

import mmengine
import numpy as np
import pytest
import torch

from vlprompt.analysis import (
    Predictions,
    class_accuracies,
    confused_pairs,
    count_confusions,
    find_clusters,
    read_predictions,
)
from vlprompt.datasets.video_class_dataset import BROKEN, BrokenVideo
from vlprompt.errors import UserError


def row(label, scores, **more):
    return dict(
        gt_label=torch.tensor([label]),
        pred_score=torch.tensor(scores),
        filename='a.mp4',
        img_shape=(4, 4),
        **more,
    )


ROWS = [
    row(0, [0.9, 0.1]),
    row(1, [[0.4, 0.6], [0.0, 1.0]]),  # two views
    dict(gt_label=np.array([1]), pred_score=np.array([0.25, 0.75])),
    row(0, [0.0, 1.0], **{BROKEN: [BrokenVideo('b.mp4', 'no such file')]}),
]


@pytest.mark.parametrize('protocol', [2, pickle.HIGHEST_PROTOCOL])
def test_read(tmp_path, protocol):
    """As MMEngine writes them, which takes protocol 2."""
    path = tmp_path / 'a.pkl'
    mmengine.dump(ROWS, path, protocol=protocol)
    predictions = read_predictions(path)
    np.testing.assert_array_equal(predictions.labels, [0, 1, 1])
    expected = [[0.9, 0.1], [0.2, 0.8], [0.25, 0.75]]
    np.testing.assert_allclose(predictions.scores, expected, rtol=1e-6)
    assert predictions.num_broken == 1


class Calls:
    """Runs a function where it is unpickled."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def storage_of(content):
    return Calls(torch.storage._load_from_bytes, content)


@pytest.mark.parametrize(
    'hide',
    [
        lambda evil: evil,
        lambda evil: [row(0, [1.0, 0.0], note=evil)],
        lambda evil: np.array([evil], dtype=object),
        lambda evil: [storage_of(pickle.dumps(evil))],
    ],
)
def test_nothing_is_run(tmp_path, hide):
    evil = Calls(os.mkdir, str(tmp_path / 'made'))
    path = tmp_path / 'a.pkl'
    path.write_bytes(pickle.dumps(hide(evil)))
    with pytest.raises(UserError, match='not read|damaged'):
        read_predictions(path)
    assert not (tmp_path / 'made').exists()
    pickle.loads(pickle.dumps(evil))  # it would have been
    assert (tmp_path / 'made').exists()


@pytest.mark.parametrize(
    ('rows', 'line'),
    [
        ([], 'holds no list of predictions'),
        ({'a': 1}, 'holds no list of predictions'),
        ([1, 2], 'holds no list of predictions'),
        ([dict(gt_label=np.array([1]))], 'without pred_score'),
        ([dict(pred_score=np.ones(2))], 'without gt_label'),
        ([dict(ROWS[0], gt_label=np.array([0, 1]))], 'one label for each'),
        ([ROWS[0], row(0, [1.0, 0.0, 0.0])], 'equally many scores'),
        ([ROWS[3]], 'not one of the videos could be read'),
    ],
)
def test_other_contents(tmp_path, rows, line):
    path = tmp_path / 'a.pkl'
    mmengine.dump(rows, path)
    with pytest.raises(UserError, match=line) as caught:
        read_predictions(path)
    assert str(path) in str(caught.value)


def test_missing_and_damaged(tmp_path):
    path = tmp_path / 'a.pkl'
    with pytest.raises(UserError, match='no predictions at'):
        read_predictions(path)
    path.write_bytes(pickle.dumps(ROWS)[:-40])
    with pytest.raises(UserError, match='damaged or not a file of'):
        read_predictions(path)


# Five videos of class 0: 3 right, 2 taken for 2; two of class 1, both taken
# for 2; one of class 2, taken for 0; none of class 3.
TRUE = [0, 0, 0, 0, 0, 1, 1, 2]
TAKEN_FOR = [0, 0, 0, 2, 2, 2, 2, 0]


def predictions(true=TRUE, taken_for=TAKEN_FOR):
    scores = np.eye(4, dtype=np.float32)[taken_for]
    return Predictions(np.array(true), scores, 0)


def test_confusions_by_hand():
    matrix = count_confusions(predictions())
    expected = [[3, 0, 2, 0], [0, 0, 2, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(matrix, expected)
    pairs = [(1, 2, 2, 1.0), (0, 2, 2, 0.4), (2, 0, 1, 1.0)]
    assert confused_pairs(matrix) == pairs
    np.testing.assert_allclose(class_accuracies(matrix), [0.6, 0, 0, np.nan])


@pytest.mark.parametrize('label', [-1, 4])
def test_labels_without_a_score(label):
    with pytest.raises(UserError, match=f'label {label} among .* of 4 class'):
        count_confusions(predictions([label], [0]))


def test_scores_that_are_no_numbers(tmp_path):
    rows = [row(0, [0.5, 0.5]), row(1, [np.nan, 0.5])]
    path = tmp_path / 'scores.pkl'
    path.write_bytes(pickle.dumps(rows))
    line = 'scores of 1 of 2 videos are not finite numbers, of .*mp4 first'
    with pytest.raises(UserError, match=line):
        read_predictions(path)
    scores = np.array([[0.5, np.inf]])
    with pytest.raises(UserError, match='scores of 1 of 1 videos'):
        count_confusions(Predictions(np.array([0]), scores, 0))
    with pytest.raises(UserError, match='features of 1 of 1 videos'):
        find_clusters(scores, 1)
