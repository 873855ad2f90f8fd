"""Alpha and beta of a cache, searched on validation videos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.models.heads.cache_head import CacheHead

SHOWN = 10  # values of beta


class CachePoint(NamedTuple):
    """Two values, and the share of validation videos that is right."""

    beta: float
    alpha: float
    top1: float


class SearchGrid(NamedTuple):
    """The values that are tried; Tip-Adapter's if not given.

    Attributes:
        start: The lowest of both.
        beta: The end of beta, which is not tried.
        alpha: The end of alpha.
        beta_steps: How many values of beta.
        alpha_steps: How many values of alpha.
    """

    start: float = 0.1
    beta: float = 7.0
    alpha: float = 3.0
    beta_steps: int = 200
    alpha_steps: int = 20

    def betas(self) -> list[float]:
        """The values of beta, ascending."""
        return _values(self.start, self.beta, self.beta_steps)

    def alphas(self) -> list[float]:
        """The values of alpha, ascending."""
        return _values(self.start, self.alpha, self.alpha_steps)

    def check(self) -> None:
        """Raise a UserError if there is nothing to try."""
        if min(self.beta_steps, self.alpha_steps) < 1:
            raise UserError(
                f'a search in {self.beta_steps} x {self.alpha_steps} steps, '
                'expected at least 1 x 1'
            )


def search_cache(
    head: CacheHead,
    video: Tensor,
    logits: Tensor,
    labels: Tensor,
    grid: SearchGrid,
) -> list[CachePoint]:
    """The accuracy with every pair of a grid; beta is the outer loop.

    Args:
        head: With its keys.
        video: (N, V, E) unit views of the validation videos.
        logits: (N, V, C) of their texts.
        labels: (N,) classes.
        grid: What is tried.
    """
    points = []
    for beta in grid.betas():
        # (N * V, C)
        flat = video.flatten(0, 1)
        cached = head.cache_logits(flat, beta, logits.size(-1))
        cached = cached.unflatten(0, logits.shape[:2])
        for alpha in grid.alphas():
            scores = (logits + alpha * cached).flatten(0, 1)
            scores = head.average_clip(scores, num_segs=logits.size(1))
            right = scores.argmax(-1) == labels
            top1 = float(right.double().mean())
            points.append(CachePoint(beta, alpha, top1))
    return points


def choose_point(points: Sequence[CachePoint]) -> CachePoint:
    """The best point, of equal ones the first, as the release does."""
    return max(points, key=lambda point: point.top1)


def curve_lines(points: Sequence[CachePoint]) -> list[str]:
    """The best alpha for some values of beta, a line each."""
    by_beta: dict[float, list[CachePoint]] = {}
    for point in points:
        by_beta.setdefault(point.beta, []).append(point)
    best = [choose_point(some) for some in by_beta.values()]
    step = max(1, -(-len(best) // SHOWN))
    return [
        f'beta {p.beta:6.3f}  best alpha {p.alpha:6.3f}  '
        f'top-1 {100 * p.top1:5.1f}'
        for p in best[::step]
    ]


def curve_table(points: Sequence[CachePoint]) -> str:
    """All points as CSV."""
    rows = [f'{p.beta:g},{p.alpha:g},{p.top1:.6f}' for p in points]
    return '\n'.join(['beta,alpha,top1', *rows]) + '\n'


def _values(start: float, end: float, steps: int) -> list[float]:
    return [i * (end - start) / steps + start for i in range(steps)]
