"""Choosing tokens, and joining them."""

import torch
from torch import Tensor

Queries = slice | Tensor


def take(tokens: Tensor, queries: Queries | None) -> Tensor:
    """(B, T, L, D) to the (B, T, Q, D) tokens at some places."""
    if queries is None:
        return tokens
    if isinstance(queries, slice):
        return tokens[:, :, queries]
    index = queries[:, None, :, None]
    return tokens.gather(
        2, index.expand(-1, tokens.size(1), -1, tokens.size(-1))
    )


def join(context: Tensor | None, more: Tensor) -> Tensor:
    """(K, D) or (B, T, K, D) context and (B, T, M, D) more to both.

    B and T of either may be 1.
    """
    if context is None:
        return more
    context = context.expand(1, 1, -1, -1) if context.dim() == 2 else context
    size = [
        max(a, b)
        for a, b in zip(context.shape[:2], more.shape[:2], strict=True)
    ]
    parts = [x.to(more.dtype).expand(*size, -1, -1) for x in (context, more)]
    return torch.cat(parts, dim=2)
