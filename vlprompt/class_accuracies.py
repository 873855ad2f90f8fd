"""The accuracy of each class."""

import numpy as np


def class_accuracies(counts: np.ndarray) -> np.ndarray:
    """(C, C) counts to the (C,) shares that are right, NaN without videos.

    Args:
        counts: How many videos of each class, in the rows, are taken for
            each, in the columns.
    """
    total = counts.sum(axis=1).astype(float)
    total[total == 0] = np.nan
    return counts.diagonal() / total
