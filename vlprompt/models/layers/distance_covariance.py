"""Brownian distance covariance of tokens."""

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

ELEMENTS = 2**22  # of the matrices that are made at once
EPSILON = 1e-5  # under the square root, which has no slope at 0


def distance_covariance(tokens: Tensor) -> Tensor:
    """(N, L, D) tokens to the (N, D (D + 1) / 2) of their channels.

    With the L tokens in rows of a matrix W, the covariances ``W.T @ W / 2L``
    give squared distances of the D channels; the matrix of the distances,
    less the means of its rows and columns, is symmetric, and its upper
    triangle is what is given.

    Few of the N matrices are made at a time, and made again in the backward
    pass: what is kept is the tokens.
    """
    step = max(1, ELEMENTS // tokens.size(-1) ** 2)
    # a graph that is exported takes any number, and has no loop over it
    if torch.compiler.is_compiling() or len(tokens) <= step:
        return _centered_distances(tokens)
    chunks = tokens.split(step)
    if not (torch.is_grad_enabled() and tokens.requires_grad):
        return torch.cat([_centered_distances(chunk) for chunk in chunks])
    return torch.cat(
        [
            checkpoint(
                _centered_distances,
                chunk,
                use_reentrant=False,
                preserve_rng_state=False,
            )
            for chunk in chunks
        ]
    )


def _centered_distances(tokens: Tensor) -> Tensor:
    """(N, L, D) tokens to (N, D (D + 1) / 2)."""
    size = tokens.size(-1)
    # (N, D, D)
    products = tokens.mT @ (tokens / (2 * tokens.size(1)))
    squares = products.diagonal(dim1=1, dim2=2)
    distances = squares[:, :, None] + squares[:, None] - 2 * products
    distances = (distances.clamp(min=0) + EPSILON).sqrt()
    # symmetric: the means of the rows are those of the columns
    means = distances.mean(dim=1, keepdim=True)
    total = means.mean(dim=2, keepdim=True)
    centered = distances - means - means.mT + total
    rows, columns = torch.triu_indices(size, size, device=tokens.device)
    return centered[:, rows, columns]
