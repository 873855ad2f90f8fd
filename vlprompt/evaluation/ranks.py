"""Ranks with ties."""

from typing import NamedTuple

import numpy as np

TIES = ('expected', 'mean', 'strict')


class Ranks(NamedTuple):
    """Where the best right item of each of Q queries stands.

    Wrong items that score the same as it may be counted in three ways.
    ``'expected'`` is the mean over all orders of the equal ones: a model that
    tells nothing apart is as good as chance.  ``'mean'`` puts the right item
    half a rank further down for each, and ``'strict'`` before them all.

    Attributes:
        better: (Q,) how many wrong items score higher.
        tied: (Q,) how many wrong items score the same.
        right: (Q,) how many right items have that score, at least 1.
    """

    better: np.ndarray
    tied: np.ndarray
    right: np.ndarray

    def values(self, tie: str) -> np.ndarray:
        """(Q,) ranks, from 1."""
        shares = dict(expected=1 / (self.right + 1), mean=0.5, strict=0)
        return 1.0 + self.better + self.tied * shares[tie]

    def within(self, k: int, tie: str) -> np.ndarray:
        """(Q,) from 0 to 1: whether the item is among the first ``k``."""
        if tie != 'expected':
            return (self.values(tie) <= k).astype(float)
        missed = np.ones(len(self.better))
        equal = self.tied + self.right
        for i in range(k):  # all places before are taken by wrong ones
            chance = np.maximum(self.tied - i, 0) / np.maximum(equal - i, 1)
            missed *= np.where(self.better + i < k, chance, 1)
        return 1 - missed
