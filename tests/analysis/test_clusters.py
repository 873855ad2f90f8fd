"""Clusters and their agreement with classes."""

import math
import sys

import numpy as np
import pytest

from vlprompt.analysis import (
    check_perplexity,
    find_clusters,
    project,
    require_scikit_learn,
    score_clusters,
)
from vlprompt.errors import UserError

# Classes, clusters, homogeneity, completeness.  In the fifth, cluster 1 holds
# one video of each class: H(C|K) = 2/6 ln 2 of H(C) = ln 2.
THIRDS = -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))
CASES = [
    ([0, 0, 1, 1], [1, 1, 0, 0], 1.0, 1.0),
    ([0, 0, 1, 1], [0, 0, 0, 0], 0.0, 1.0),
    ([0, 0, 1, 1], [0, 1, 2, 3], 1.0, 0.5),
    ([0, 0, 1, 1], [0, 1, 0, 1], 0.0, 0.0),
    ([5, 5, 5, 9, 9, 9], [0, 0, 1, 1, 2, 2], 2 / 3, 1 - THIRDS / math.log(3)),
    ([3, 3, 3], [0, 1, 1], 1.0, 0.0),
    ([3, 3, 3], [7, 7, 7], 1.0, 1.0),
]


@pytest.mark.parametrize(('classes', 'clusters', 'h', 'c'), CASES)
def test_by_hand(monkeypatch, classes, clusters, h, c):
    monkeypatch.setitem(sys.modules, 'sklearn', None)  # not needed
    scores = score_clusters(classes, clusters)
    assert scores.homogeneity == pytest.approx(h, abs=1e-12)
    assert scores.completeness == pytest.approx(c, abs=1e-12)
    v = 2 * h * c / (h + c) if h + c else 0.0
    assert scores.v_measure == pytest.approx(v, abs=1e-12)


@pytest.mark.parametrize('seed', range(5))
def test_as_scikit_learn(seed):
    metrics = pytest.importorskip('sklearn.metrics')
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 7, 200)
    clusters = np.where(rng.random(200) < 0.6, classes, rng.integers(0, 9))
    expected = metrics.homogeneity_completeness_v_measure(classes, clusters)
    assert score_clusters(classes, clusters) == pytest.approx(expected)


def blobs(seed=0):
    """Three far groups of 20 points in 16 dimensions, and their numbers."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(3), 20)
    centers = 8 * rng.normal(size=(3, 16))
    features = centers[groups] + rng.normal(size=(60, 16))
    return features.astype(np.float32), groups


def test_groups_that_lie_apart_are_found_again():
    pytest.importorskip('sklearn')
    features, groups = blobs()
    points = project(features, perplexity=10, seed=1)
    assert points.shape == (60, 2)
    for x in (features, points):
        clusters = find_clusters(x, 3, seed=1)
        assert score_clusters(groups, clusters).v_measure == 1
    again = project(features, perplexity=10, seed=1)
    np.testing.assert_array_equal(points, again)


def test_refused():
    pytest.importorskip('sklearn')
    features, _ = blobs()
    with pytest.raises(UserError, match='60 videos cannot make 61 clusters'):
        find_clusters(features, 61)
    for perplexity in (60, 0):
        with pytest.raises(UserError, match='less than 60, the number of vid'):
            project(features, perplexity)
    check_perplexity(59.5, 60)


def test_scikit_learn_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, 'sklearn', None)
    for call in (
        require_scikit_learn,
        lambda: project(np.zeros((4, 2)), 3),
        lambda: find_clusters(np.zeros((4, 2)), 2),
    ):
        with pytest.raises(UserError, match=r'pip install "vlprompt\[ana'):
            call()
