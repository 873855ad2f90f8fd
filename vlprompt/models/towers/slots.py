"""Tokens of texts in two parts, and prompts at their places there."""

import torch
from torch import Tensor

from ..features import LayerPrompts, TokenizedTexts
from .packing import Packing


def pick_prompts(
    prompts: LayerPrompts | None, index: Tensor
) -> LayerPrompts | None:
    """Prompts of the texts at (S,) places, where each has its own.

    Args:
        prompts: For each layer (K, D) or (C, K, D), or None.
        index: The places.
    """
    if prompts is None:
        return None
    return [p[index] if p is not None and p.dim() == 3 else p for p in prompts]


def unprompted_places(tokens: TokenizedTexts) -> Tensor | None:
    """The shared places that no prompt fills; None if that is all."""
    k = tokens.shared_slots
    if not k:
        return None
    filled = tokens.slots.new_zeros(tokens.shared)
    filled = filled.index_fill(0, tokens.slots[0, :k], 1)
    return filled.argsort(stable=True)[: tokens.shared - k]


def fill(
    head: Tensor,
    tail: Tensor,
    tokens: TokenizedTexts,
    packing: Packing,
    prompt: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Put a layer's prompts into the slots of both parts of the tokens."""
    if prompt is None:
        return head, tail
    k = tokens.shared_slots
    where = tokens.slots[:, k:] - tokens.shared + packing.starts[:, None]
    later = prompt[..., k:, :].expand(where.size(0), -1, -1)
    return (
        put(head, tokens.slots[0, :k], prompt[..., :k, :].flatten(0, -2)),
        put(tail, where.flatten(), later.flatten(0, 1)),
    )


def put(tokens: Tensor, places: Tensor, prompt: Tensor) -> Tensor:
    """(B, 1, L, D) tokens with (M, D) prompts at M of the B * L places."""
    if not len(places):
        return tokens
    flat = tokens.flatten(0, 2)
    return flat.index_copy(0, places, prompt.to(flat.dtype)).view_as(tokens)


def by_text(
    head: Tensor, tail: Tensor, tokens: TokenizedTexts, packing: Packing
) -> Tensor:
    """Both parts of the tokens to (C, L, D); nothing of use after an end."""
    flat, length = tail.flatten(0, 2), tokens.ids.size(1) - tokens.shared
    places = torch.arange(length, device=flat.device)
    places = packing.starts[:, None] + places
    rest = flat[places.clamp(max=len(flat) - 1)]
    return torch.cat([head[0].expand(len(rest), -1, -1), rest], dim=1)
