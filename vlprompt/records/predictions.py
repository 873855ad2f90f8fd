"""The predictions of a test that are kept: the best few of each video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from vlprompt.errors import UserError

from .files import PREDICTIONS, read_json

BEST = 5  # classes, videos or captions that are kept
DIGITS = 6  # of a score


@dataclass(frozen=True)
class ClassPredictions:
    """What a test says of N videos.

    Attributes:
        videos: The N files.
        labels: Their classes.
        best: The classes that score best, the first is the prediction.
        scores: What these score.
        classes: The names of all classes.
        probabilities: Whether the scores of a video add up to 1.
        broken: Further videos that could not be read, with the reasons.
    """

    videos: Sequence[str]
    labels: Sequence[int]
    best: Sequence[Sequence[int]]
    scores: Sequence[Sequence[float]]
    classes: Sequence[str]
    probabilities: bool
    broken: Sequence[str]

    kind: ClassVar[str] = 'classes'

    @property
    def predicted(self) -> np.ndarray:
        """(N,) the class with the highest score."""
        return np.array([best[0] for best in self.best], dtype=int)

    def matrix(self) -> np.ndarray:
        """(C, C) counts, true classes in the rows."""
        matrix = np.zeros((len(self.classes),) * 2, dtype=int)
        np.add.at(matrix, (np.array(self.labels, int), self.predicted), 1)
        return matrix


@dataclass(frozen=True)
class RetrievalPredictions:
    """Ranks of M captions and N videos.

    Attributes:
        videos: The N files.
        captions: The M texts.
        owners: The video that each caption belongs to.
        t2v_ranks: (M,) the rank of the right video.
        t2v_best: The videos that fit each caption best.
        v2t_ranks: (N,) the rank of the right captions.
        v2t_best: The captions that fit each video best.
        broken: Further videos that could not be read, with the reasons.
    """

    videos: Sequence[str]
    captions: Sequence[str]
    owners: Sequence[int]
    t2v_ranks: Sequence[float]
    t2v_best: Sequence[Sequence[int]]
    v2t_ranks: Sequence[float]
    v2t_best: Sequence[Sequence[int]]
    broken: Sequence[str]

    kind: ClassVar[str] = 'retrieval'


Kept = ClassPredictions | RetrievalPredictions
KINDS = {kind.kind: kind for kind in (ClassPredictions, RetrievalPredictions)}


def read_predictions(folder: Path) -> Kept | None:
    """What a test has kept in its folder; None if nothing.

    Raises:
        UserError: If it is damaged or of another form.
    """
    path = folder / PREDICTIONS
    content = read_json(path)
    if content is None:
        return None
    try:
        kind = KINDS[content.pop('kind')]
        return kind(**content)
    except (AttributeError, KeyError, TypeError) as error:
        raise UserError(
            f'{path} has no predictions that this version can read ({error!r})'
        ) from error


def to_json(kept: Kept) -> dict[str, Any]:
    """What is written of predictions."""
    return dict(kind=kept.kind, **asdict(kept))


def keep_classes(
    rows: Sequence[Mapping[str, Any]],
    videos: Sequence[str],
    classes: Sequence[str],
    broken: Sequence[str],
) -> ClassPredictions | None:
    """Keep the best classes of each video.

    Args:
        rows: As MMAction2's accuracy collects them: ``pred``, (C,) or (V, C)
            scores, and the ``label``.
        videos: The file of each row.
        classes: The class names; numbers take their place if there are none.
        broken: Videos that could not be read, with the reasons.

    Returns:
        None if videos have several labels or scores.
    """
    single = [np.ndim(row['label']) == 0 for row in rows]
    if not rows or not all(single) or isinstance(rows[0]['pred'], Mapping):
        return None
    scores = np.stack([_mean_of_views(row['pred']) for row in rows])
    # The order of equal scores is that of MMAction2's accuracy.
    best = scores.argsort(axis=1)[:, ::-1][:, :BEST]
    whole = bool(
        (scores.min() >= 0) and np.allclose(scores.sum(axis=1), 1, atol=1e-3)
    )
    return ClassPredictions(
        list(videos),
        [int(row['label']) for row in rows],
        best.tolist(),
        _short(np.take_along_axis(scores, best, axis=1)),
        list(classes) or [str(i) for i in range(scores.shape[1])],
        whole,
        list(broken),
    )


def best_of(scores: np.ndarray) -> list[list[int]]:
    """(Q, G) scores to the best few items of each query, the best first."""
    num = min(BEST, scores.shape[1])
    some = np.argpartition(-scores, num - 1, axis=1)[:, :num]
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1)
    return np.take_along_axis(some, order, axis=1).tolist()


def _mean_of_views(scores: Any) -> np.ndarray:
    scores = np.asarray(scores, dtype=np.float64)
    return scores.mean(axis=0) if scores.ndim == 2 else scores


def _short(scores: np.ndarray) -> list[list[float]]:
    return [[float(f'{s:.{DIGITS}g}') for s in row] for row in scores]
