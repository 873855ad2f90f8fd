"""Where a model looks: attention maps of every frame of a clip.

Relevance is that of Chefer et al. (Generic Attention-model Explainability,
ICCV 2021) on the image encoder, rollout that of Abnar and Zuidema
(Quantifying Attention Flow in Transformers, ACL 2020).
"""

import re

import torch
from torch import Tensor
from torch.nn import functional as F

from vlprompt.errors import UserError
from vlprompt.models import VideoTextFeatures, VideoTextRecognizer
from vlprompt.models.layers.temporal import masked_mean

from .attention_weights import LayerAttention, find_tower, record_attention

HEADS = ('mean', 'max')


def relevance(
    model: VideoTextRecognizer,
    inputs: Tensor,
    target: int,
    layers: str = 'last',
    data_samples: list | None = None,
) -> Tensor:
    """What the score of a text owes to each place of each frame.

    With the attention A of a chosen layer and the gradient G of the score
    with respect to it, ``R <- R + mean over heads of max(G * A, 0) @ R`` from
    the identity on; the map is the class token's row of R.  The score is the
    one of the video, so that a single backward pass serves all frames.

    Args:
        model: With class names, in evaluation mode.  It stays as it is.
        inputs: (1, 1, 3, T, H, W) normalised pixels.
        target: The class whose score is explained.
        layers: ``'last'``, ``'all'``, ``'3'`` or ``'3-5'``, from 0 on.
        data_samples: The sample, where texts depend on it.

    Returns:
        (T, h, w), not negative.  Tokens that are no places, the class token
        and all kinds of prompts, are left out.

    Raises:
        UserError: If the model, the inputs, the target or the layers do not
            fit.
    """
    chosen = choose_layers(layers, len(find_tower(model).adapters))
    with torch.enable_grad():
        features, attention = record_attention(
            model, inputs, data_samples, since=chosen[0]
        )
        score = target_score(model, features, target)
        weights = [attention[i].weights for i in chosen]
        gradients = torch.autograd.grad(score, weights)
    # (T, heads, L, K + L) -> (T, L, K + L)
    mixed = {
        i: (gradient * attention[i].weights.detach()).clamp(min=0).mean(dim=1)
        for i, gradient in zip(chosen, gradients, strict=True)
    }
    return _follow(mixed, attention)


def rollout(
    model: VideoTextRecognizer,
    inputs: Tensor,
    layers: str = 'all',
    heads: str = 'mean',
) -> Tensor:
    """Which places reach the class tokens, whatever the text.

    ``R <- (A + I) / 2 @ R`` with A the attention over all heads, its rows of
    sum 1.

    Args:
        model: In evaluation mode.  It stays as it is.
        inputs: (1, 1, 3, T, H, W) normalised pixels.
        layers: As in :func:`relevance`.
        heads: ``'mean'`` or ``'max'`` over heads.

    Returns:
        (T, h, w) as in :func:`relevance`.

    Raises:
        UserError: If an argument does not fit.
    """
    if heads not in HEADS:
        raise UserError(f'heads={heads!r}, expected one of {list(HEADS)}')
    with torch.no_grad():
        _, attention = record_attention(model, inputs, stage='backbone')
    mixed = {}
    for i in choose_layers(layers, len(attention)):
        weights = attention[i].weights
        weights = weights.mean(1) if heads == 'mean' else weights.amax(1)
        mixed[i] = weights / weights.sum(dim=-1, keepdim=True)
    # every step there is A + I, twice the one here
    return _follow(mixed, attention) / 2 ** len(mixed)


def choose_layers(layers: str, depth: int) -> range:
    """``'last'``, ``'all'``, ``'3'`` or ``'3-5'`` to layers from 0 on.

    Raises:
        UserError: If it is none of these or beyond the layers there are.
    """
    if layers == 'last':
        return range(depth - 1, depth)
    if layers == 'all':
        return range(depth)
    match = re.fullmatch(r'(\d+)(?:-(\d+))?', layers)
    ends = match and [int(match[1]), int(match[2] or match[1])]
    if not ends or not ends[0] <= ends[1] < depth:
        raise UserError(
            f'layers {layers!r}, expected last, all, or i-j from 0 to '
            f'{depth - 1}'
        )
    return range(ends[0], ends[1] + 1)


def target_score(
    model: VideoTextRecognizer, features: VideoTextFeatures, target: int
) -> Tensor:
    """The logit of a class, the mean over its templates and over frames.

    Raises:
        UserError: If there is no such class.
    """
    head = model.cls_head
    if not head.compares_texts:
        scores = head(features)
    else:
        scores = head.similarities(features)
        if features.video.dim() == 3 and scores.dim() == 3:
            scores = masked_mean(scores, features.mask)
    num = len(model.class_names or ()) or scores.size(-1)
    if not 0 <= target < num:
        raise UserError(f'class {target} of {num} (from 0 on)')
    # (1, R * C) -> (R, C)
    return scores[0].unflatten(0, (-1, num))[:, target].mean()


def _follow(
    mixed: dict[int, Tensor], attention: list[LayerAttention]
) -> Tensor:
    """From (T, L, K + L) of some layers to the maps of the class tokens.

    R says what each token owes to each token that the tower started with.
    Context, the first K columns, owes nothing to them, and neither do the
    prompts that join the sequence, until they have looked at the others.
    """
    grid = attention[0].grid
    num_tokens = 1 + grid[0] * grid[1]
    first = attention[0].weights
    owes = torch.eye(num_tokens, dtype=first.dtype, device=first.device)
    owes = owes.expand(len(first), -1, -1)
    for i, layer in enumerate(attention):
        # New prompts replace those that were carried on, at the end of L.
        if layer.renewed:
            owes = owes[:, :num_tokens]
        # Prompts that join are new rows of zeros: they owe nothing yet.
        joined = layer.weights.size(2) - owes.size(1)
        owes = F.pad(owes, (0, 0, 0, joined))
        # Columns of context come first and owe nothing: they are left out.
        if i in mixed:
            owes = owes + mixed[i][..., -owes.size(1) :] @ owes
    # (T, L, N) -> (T, h, w): what the class token owes to the places
    return owes[:, 0, 1:].unflatten(-1, grid).detach()
