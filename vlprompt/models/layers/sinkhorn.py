"""Optimal transport with an entropy term."""

import torch
from torch import Tensor


@torch.no_grad()
def transport_plan(
    similarity: Tensor,
    weights: Tensor,
    epsilon: float,
    rounds: int,
    tolerance: float | None = None,
) -> Tensor:
    """(..., T, M) similarities to (..., T, M) plans, by Sinkhorn's rounds.

    A plan moves the weights of T things evenly to M others at the cost
    ``1 - similarity``: its rows sum to the weights, its columns to 1 / M.
    It has no gradient.

    Args:
        similarity: Cosines, one problem for each of the leading places.
        weights: (..., T), with the sum 1; a thing of weight 0 is left out.
        epsilon: Factor of the entropy.
        rounds: Scalings of rows and columns at most.
        tolerance: Stop when the factors of the rows change by less on
            average, over all problems; None for all ``rounds``.
    """
    kernel = torch.exp((similarity - 1) / epsilon)
    share = 1 / similarity.size(-1)
    rows = torch.ones_like(kernel[..., 0])
    columns = torch.ones_like(kernel[..., 0, :])
    for _ in range(rounds):
        before = rows
        rows = weights / (kernel * columns[..., None, :]).sum(dim=-1)
        columns = share / (kernel * rows[..., None]).sum(dim=-2)
        if tolerance is not None:
            change = (rows - before).abs().mean()
            if change < tolerance:
                break
    return rows[..., None] * kernel * columns[..., None, :]
