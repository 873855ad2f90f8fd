"""Which classes a model takes for which."""

from typing import NamedTuple

import numpy as np
import torch
from mmaction.evaluation import ConfusionMatrix

from vlprompt.errors import UserError
from vlprompt.finite import refuse_rows

from .predictions import Predictions


class ConfusedPair(NamedTuple):
    """A class that is taken for another one.

    Attributes:
        true: The class.
        predicted: What it is taken for.
        count: How many of its videos.
        share: Of its videos, from 0 to 1.
    """

    true: int
    predicted: int
    count: int
    share: float


def count_confusions(predictions: Predictions) -> np.ndarray:
    """Predictions to the (C, C) counts, true classes in the rows.

    Raises:
        UserError: If a label is no class that has a score, or scores are
            not finite.
    """
    labels, num_classes = predictions.labels, predictions.scores.shape[1]
    if labels.min() < 0 or labels.max() >= num_classes:
        worst = labels.min() if labels.min() < 0 else labels.max()
        raise UserError(
            f'label {worst} among predictions of {num_classes} classes'
        )
    refuse_rows(predictions.scores)
    predicted = predictions.scores.argmax(axis=1)
    matrix = ConfusionMatrix.calculate(
        torch.from_numpy(predicted),
        torch.from_numpy(labels),
        num_classes=num_classes,
    )
    return matrix.numpy()


def confused_pairs(matrix: np.ndarray) -> list[ConfusedPair]:
    """All pairs that occur, the most frequent first.

    Args:
        matrix: (C, C) counts, true classes in the rows.
    """
    total = matrix.sum(axis=1)
    pairs = [
        ConfusedPair(
            int(i), int(j), int(matrix[i, j]), matrix[i, j] / total[i]
        )
        for i, j in zip(*matrix.nonzero(), strict=True)
        if i != j
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share))
