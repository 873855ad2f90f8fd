"""How sure numbers are, and what they are made of."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

Z = 1.959964  # of 95 %
DRAWS = 10_000  # of the bootstrap
BINS = 10  # of confidence


class Interval(NamedTuple):
    """Two ends of an interval that holds the truth in 95 % of cases."""

    low: float
    high: float


class Duel(NamedTuple):
    """Two models on the same N videos.

    Attributes:
        wins: Videos that the second alone gets right.
        losses: Videos that the first alone gets right.
        both: Videos that both get right.
        neither: The others.
        difference: Of the accuracies, second less first, from -1 to 1.
        interval: Of the difference, by a paired bootstrap.
        p: Of McNemar's exact test that there is no difference.
    """

    wins: np.ndarray
    losses: np.ndarray
    both: int
    neither: int
    difference: float
    interval: Interval
    p: float


class Calibration(NamedTuple):
    """Whether scores are as often right as they say.

    Attributes:
        confidence: The mean score of the videos of each bin.
        accuracy: The share of them that is right.
        count: How many they are.
        error: The mean difference of both, over all videos (ECE).
    """

    confidence: list[float]
    accuracy: list[float]
    count: list[int]
    error: float


def wilson(share: float, total: int) -> Interval:
    """Wilson's interval of a share of independent cases."""
    if total == 0:
        return Interval(0.0, 1.0)
    middle = (share + Z**2 / (2 * total)) / (1 + Z**2 / total)
    spread = sqrt(share * (1 - share) / total + Z**2 / (4 * total**2))
    half = Z * spread / (1 + Z**2 / total)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def mcnemar(wins: int, losses: int) -> float:
    """McNemar's exact test, two-sided.

    Example:
        >>> mcnemar(1, 9)
        0.021484375
    """
    total, least = wins + losses, min(wins, losses)
    if total == 0:
        return 1.0
    ways = tail = 1  # to lose none, at most none, and so on
    for i in range(least):
        ways = ways * (total - i) // (i + 1)
        tail += ways
    return min(1.0, 2 * tail / 2**total)


def duel(first: np.ndarray, second: np.ndarray) -> Duel:
    """Compare two models by what they get right.

    Args:
        first: (N,) whether the first one is right.
        second: (N,) the same of the second one.
    """
    wins = np.flatnonzero(second & ~first)
    losses = np.flatnonzero(first & ~second)
    total = len(first)
    shares = np.array([len(wins), len(losses), 0], float) / total
    shares[2] = max(0.0, 1 - shares.sum())
    # Drawing videos anew is drawing how many are wins and losses.
    drawn = np.random.default_rng(0).multinomial(total, shares, DRAWS)
    differences = (drawn[:, 0] - drawn[:, 1]) / total
    low, high = np.quantile(differences, [0.025, 0.975])
    return Duel(
        wins,
        losses,
        int((first & second).sum()),
        int((~first & ~second).sum()),
        float(second.mean() - first.mean()),
        Interval(float(low), float(high)),
        mcnemar(len(wins), len(losses)),
    )


def calibrate(confidence: np.ndarray, right: np.ndarray) -> Calibration:
    """Put videos into bins of equal width by the best score.

    Args:
        confidence: (N,) the probability of the predicted class.
        right: (N,) whether it is right.
    """
    places = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    rows = []
    for place in range(BINS):
        inside = places == place
        if inside.any():
            mean, share = confidence[inside].mean(), right[inside].mean()
            rows.append((float(mean), float(share), int(inside.sum())))
    error = sum(n * abs(c - a) for c, a, n in rows) / len(right)
    means, shares, counts = (
        list(column) for column in zip(*rows, strict=True)
    )
    return Calibration(means, shares, counts, error)
