"""The last layer of the text tower, with prompts of its own for each video."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from .layer import Layer, take

ROWS = 4096  # pairs of a text and a video whose MLP is run at a time


class Sentences(NamedTuple):
    """What the end-of-text tokens of C texts attend to, but for prompts.

    Attributes:
        ends: (C, D) end-of-text tokens before the layer.
        query: (C, D) of them.
        key: (C, L, D) of all tokens.
        value: (C, L, D) of all tokens.
        hidden: (C, L), true where there is a prompt, or nothing to attend to.
    """

    ends: Tensor
    query: Tensor
    key: Tensor
    value: Tensor
    hidden: Tensor


def read_ends(
    layer: Layer,
    states: Tensor,
    ends: Tensor,
    slots: Tensor,
    prompts: Tensor,
) -> Tensor:
    """C texts and prompts for B videos to (B, C, D) end-of-text tokens.

    Equal to running the layer on all texts for each of the videos: an
    end-of-text token attends to what stands before it, of which the prompts
    alone differ between videos, so that everything else is projected once.

    Args:
        layer: The last one, without a mask.
        states: (C, 1, L, D) tokens before it.
        ends: (C,) places of the end-of-text tokens.
        slots: (C, K) places of the prompts, all before the end.
        prompts: (B, C, K, D), C may be 1.
    """
    texts = _sentences(layer, states, ends, slots)
    pair = layer.keys_and_values(layer.ln_1(prompts))
    if torch.compiler.is_compiling():  # a graph is for any number of videos
        return _read(layer, texts, *pair)
    columns = []
    for some, made in _parts_of_texts(texts, pair):
        size = max(1, ROWS // len(some.query))
        videos = list(zip(*(x.split(size) for x in made), strict=True))
        recompute = len(videos) > 1 and torch.is_grad_enabled()
        columns.append(
            torch.cat([_run(layer, some, v, recompute) for v in videos])
        )
    return torch.cat(columns, dim=1)


def project(tokens: Tensor, projection: nn.Module | Tensor | None) -> Tensor:
    """(..., D) tokens to (..., E), by what open_clip's text tower has."""
    if projection is None:
        return tokens
    if isinstance(projection, nn.Linear):
        return projection(tokens)
    return tokens @ projection


def _sentences(
    layer: Layer, states: Tensor, ends: Tensor, slots: Tensor
) -> Sentences:
    normed = layer.ln_1(states)
    key, value = layer.keys_and_values(normed)
    query = layer.query(normed, ends[:, None])
    places = torch.arange(states.size(2), device=ends.device)
    hidden = (places > ends[:, None]).scatter(1, slots, True)
    own = take(states, ends[:, None])
    return Sentences(
        own[:, 0, 0], query[:, 0, 0], key[:, 0], value[:, 0], hidden
    )


def _parts_of_texts(
    texts: Sentences, pair: list[Tensor]
) -> Iterator[tuple[Sentences, list[Tensor]]]:
    """So many texts at a time that one video with them is a part."""
    for start in range(0, len(texts.query), ROWS):
        some = slice(start, start + ROWS)
        shared = pair[0].size(1) == 1
        made = pair if shared else [x[:, some] for x in pair]
        yield Sentences(*(x[some] for x in texts)), made


def _run(
    layer: Layer,
    texts: Sentences,
    made: tuple[Tensor, ...],
    recompute: bool,
) -> Tensor:
    if recompute:
        return checkpoint(_read, layer, texts, *made, use_reentrant=False)
    return _read(layer, texts, *made)


def _read(
    layer: Layer, texts: Sentences, made_key: Tensor, made_value: Tensor
) -> Tensor:
    """C texts and (B, C or 1, K, D) prompts' keys and values to (B, C, D)."""
    heads = layer.block.attn.num_heads
    query, key, value, made_key, made_value = (
        x.unflatten(-1, (heads, -1))
        for x in (texts.query, texts.key, texts.value, made_key, made_value)
    )
    query = query * query.size(-1) ** -0.5
    on_texts = torch.einsum('chd,clhd->chl', query, key)
    on_texts = on_texts.masked_fill(texts.hidden[:, None], -torch.inf)
    on_made = torch.einsum('chd,bckhd->bchk', query, made_key)
    scores = [on_texts.expand(on_made.size(0), -1, -1, -1), on_made]
    weights = torch.cat(scores, dim=-1).softmax(dim=-1)
    weights = F.dropout(weights, layer.dropout())
    on_texts, on_made = weights.tensor_split((key.size(1),), dim=-1)
    out = torch.einsum('bchl,clhd->bchd', on_texts, value)
    out = out + torch.einsum('bchk,bckhd->bchd', on_made, made_value)
    # (B, C, heads, D / heads) -> (B, 1, C, D)
    added = layer.block.ls_1(layer.project(out.flatten(2)[:, None]))
    return layer.after_attention(texts.ends + added)[:, 0]
