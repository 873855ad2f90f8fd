"""How well clusters agree with classes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vlprompt.errors import UserError
from vlprompt.finite import refuse_rows


class ClusterScores(NamedTuple):
    """From 0 to 1 each, 1 is best.

    Attributes:
        homogeneity: 1 if every cluster holds videos of one class.
        completeness: 1 if every class lies in one cluster.
        v_measure: Their harmonic mean.
    """

    homogeneity: float
    completeness: float
    v_measure: float


def score_clusters(
    classes: Sequence[int], clusters: Sequence[int]
) -> ClusterScores:
    """Rosenberg and Hirschberg: homogeneity, completeness, V-measure.

    ``1 - H(C|K) / H(C)``, ``1 - H(K|C) / H(K)`` (1 where the denominator is
    0), and ``2hc / (h + c)``.

    Args:
        classes: The class C of each of N videos.
        clusters: The cluster K of each of them.
    """
    _, rows = np.unique(classes, return_inverse=True)
    _, columns = np.unique(clusters, return_inverse=True)
    counts = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(counts, (rows, columns), 1)
    homogeneity = _explained(counts)
    completeness = _explained(counts.T)
    total = homogeneity + completeness
    v_measure = 2 * homogeneity * completeness / total if total else 0.0
    return ClusterScores(homogeneity, completeness, v_measure)


def find_clusters(features: np.ndarray, num: int, seed: int = 0) -> np.ndarray:
    """(N, E) features to the (N,) clusters that k-means finds.

    k-means++ starts, the best of 10.

    Args:
        features: One row for each video.
        num: How many clusters.
        seed: Of the starts.

    Raises:
        UserError: If there are fewer videos than clusters, or scikit-learn
            is missing.
    """
    refuse_rows(features, 'features')
    require_scikit_learn()
    from sklearn.cluster import KMeans

    if len(features) < num:
        raise UserError(f'{len(features)} videos cannot make {num} clusters')
    k_means = KMeans(num, init='k-means++', n_init=10, random_state=seed)
    return k_means.fit_predict(np.asarray(features, dtype=np.float64))


def require_scikit_learn() -> None:
    """Find out that scikit-learn is missing before anything is computed.

    Raises:
        UserError: If it is.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise UserError(
            't-SNE and k-means need scikit-learn: pip install '
            '"vlprompt[analysis]"'
        ) from error


def _explained(counts: np.ndarray) -> float:
    """The share of the rows' entropy that the columns explain."""
    entropy = _entropy(counts.sum(axis=1, keepdims=True))
    return 1 - _entropy(counts) / entropy if entropy else 1.0


def _entropy(counts: np.ndarray) -> float:
    """H(rows | columns) of a table of counts, natural logarithm."""
    there = counts > 0
    share = (counts / counts.sum(axis=0))[there]
    return float(-(counts[there] / counts.sum() * np.log(share)).sum())
