"""Ranks of retrieval between videos and captions, in both directions.

``scores`` is (M, N), M captions in rows and N videos in columns; ``owner``
(M,) is the video that each caption belongs to.
"""

from typing import NamedTuple

import numpy as np

from vlprompt.errors import UserError

from .ranks import Ranks

RECALLS = (1, 5, 10)


class Ranking(NamedTuple):
    """What the metrics are computed from.

    Attributes:
        indices: The N videos in the data set.
        owner: (M,) the video of each caption, among these.
        scores: (M, N) similarities.
        t2v: (M,) ranks.
        v2t: (N,) ranks.
        broken: Further videos that could not be read, with the reasons.
    """

    indices: list[int]
    owner: np.ndarray
    scores: np.ndarray
    t2v: np.ndarray
    v2t: np.ndarray
    broken: list[str]


def text_to_video_ranks(scores: np.ndarray, owner: np.ndarray) -> Ranks:
    """(M,): every caption is a query over the N videos.

    Raises:
        UserError: If scores are not finite or a video has no caption.
    """
    _check(scores, owner)
    correct = scores[np.arange(len(owner)), owner]
    return _ranks(scores, correct, np.ones(len(owner)))


def video_to_group_ranks(scores: np.ndarray, owner: np.ndarray) -> Ranks:
    """(N,): every video ranks the N groups of captions (CLIP4Clip).

    A group scores what the best of its captions does.

    Raises:
        UserError: If scores are not finite or a video has no caption.
    """
    _check(scores, owner)
    order = np.argsort(owner, kind='stable')
    starts = np.searchsorted(owner[order], np.arange(scores.shape[1]))
    groups = np.maximum.reduceat(scores[order], starts, axis=0)
    correct = np.diagonal(groups)
    return _ranks(groups.T, correct, np.ones(len(correct)))


def video_to_caption_ranks(scores: np.ndarray, owner: np.ndarray) -> Ranks:
    """(N,): every video ranks all M captions; its best one counts.

    Raises:
        UserError: If scores are not finite or a video has no caption.
    """
    _check(scores, owner)
    correct = scores[np.arange(len(owner)), owner]
    best = np.full(scores.shape[1], -np.inf, scores.dtype)
    np.maximum.at(best, owner, correct)
    among_best = np.bincount(owner, correct == best[owner])
    return _ranks(scores.T, best, among_best)


VIDEO_TO_TEXT = dict(
    group=video_to_group_ranks, caption=video_to_caption_ranks
)


def summarize(ranks: Ranks, tie: str = 'expected') -> dict[str, float]:
    """Recalls in percent, median (of two, their mean) and mean rank.

    Args:
        ranks: Of all queries.
        tie: One of ``TIES``.
    """
    recalls = {
        f'R{k}': 100 * float(ranks.within(k, tie).mean()) for k in RECALLS
    }
    values = ranks.values(tie)
    return {
        **recalls,
        'MdR': float(np.median(values)),
        'MnR': float(values.mean()),
    }


def _ranks(
    scores: np.ndarray, correct: np.ndarray, num_correct: np.ndarray
) -> Ranks:
    """(Q, G) scores of queries to (Q,) ranks.

    Args:
        scores: Of all items of the gallery.
        correct: (Q,) the score of the best right item.
        num_correct: (Q,) how many right items have that score.
    """
    better = (scores > correct[:, None]).sum(axis=1)
    equal = (scores == correct[:, None]).sum(axis=1)
    return Ranks(better, equal - num_correct, num_correct)


def _check(scores: np.ndarray, owner: np.ndarray) -> None:
    wrong = scores.size - np.isfinite(scores).sum()
    if wrong:
        raise UserError(
            f'{wrong} of {scores.size} similarities of captions and videos '
            'are not finite numbers: the weights of the model are not either'
        )
    silent = np.setdiff1d(np.arange(scores.shape[1]), owner)
    if len(silent):
        raise UserError(
            f'{len(silent)} of {scores.shape[1]} videos have no caption'
        )
