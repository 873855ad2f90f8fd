"""Fewer tokens: the most similar ones become their average."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from ..precision import without_autocast


def merge_tokens(tokens: Tensor, num: int, most: int) -> Tensor:
    """ToMe: (B, S, D) tokens to (B, num, D), averages of similar ones.

    In each round every second token finds the most similar one among the
    others, by cosine, and the closest pairs are merged.  An average counts
    as many times as it has tokens.  Equal similarities are taken in the order
    of the tokens.  Gradients flow through the averages.

    Args:
        tokens: S tokens of each of B videos, in an order that matters.
        num: Tokens in the end; fewer are given back as they are.
        most: Tokens that a round merges.
    """
    # Under autocast most similarities of a clip would be the same number.
    with without_autocast(tokens.device):
        sizes = torch.ones_like(tokens[..., :1])
        for step in rounds(tokens.size(1), num, most):
            tokens, sizes = _merge_pairs(tokens, sizes, step)
    return tokens


def rounds(count: int, num: int, most: int) -> Iterator[int]:
    """How many tokens each round takes away; no round takes over half.

    As many rounds of the full number as fit in the beginning, then what is
    left to do.
    """
    for _ in range((count - num) // most):
        yield min(most, count // 2)
        count -= min(most, count // 2)
    while count > num:
        yield min(count - num, count // 2)
        count -= min(count - num, count // 2)


def _merge_pairs(
    tokens: Tensor, sizes: Tensor, step: int
) -> tuple[Tensor, Tensor]:
    """One round: the tokens left over from every second one, then the others.

    The former stand in the order of their similarity, the largest first.
    """
    with torch.no_grad():
        unit = F.normalize(tokens, dim=-1)
        best, partners = (unit[:, ::2] @ unit[:, 1::2].mT).max(dim=-1)
        order = ranking(best)
        merged, kept = order[:, :step], order[:, step:]
        partners = partners.gather(1, merged)
    # Sums and sizes, side by side: (B, S, D + 1)
    weighted = torch.cat([tokens * sizes, sizes], dim=-1)
    ones, others = weighted[:, ::2], weighted[:, 1::2]
    others = others.scatter_add(
        1, _along(partners, others), pick(ones, merged)
    )
    sums = torch.cat([pick(ones, kept), others], dim=1)
    sums, sizes = sums[..., :-1], sums[..., -1:]
    return sums / sizes, sizes


def ranking(values: Tensor) -> Tensor:
    """(..., S) numbers to the (..., S) places of them, the largest first.

    Equal ones stay in order.
    """
    if torch.compiler.is_compiling():
        # ONNX has no stable sort, but its TopK keeps equal values in order.
        return values.topk(values.size(-1), dim=-1).indices
    return values.argsort(dim=-1, descending=True, stable=True)


def pick(tokens: Tensor, places: Tensor) -> Tensor:
    """(..., S, D) tokens at (..., N) places: (..., N, D)."""
    return tokens.gather(-2, _along(places, tokens))


def _along(places: Tensor, tokens: Tensor) -> Tensor:
    return places.unsqueeze(-1).expand(*places.shape, tokens.size(-1))
