"""The attention weights of a vision tower, as the model computes them."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from vlprompt.errors import UserError
from vlprompt.models import (
    CLIPVisionTower,
    VideoTextFeatures,
    VideoTextRecognizer,
    VisualFeatures,
)
from vlprompt.models.features import LayerPrompts
from vlprompt.models.towers.layer import Queries


class LayerAttention(NamedTuple):
    """Attention of one layer, of all frames.

    Attributes:
        weights: (T, heads, L, K + L): of L tokens (class token, places, then
            prompts that stay in the sequence) to K context tokens and to
            themselves.  Part of the graph of the outputs.
        renewed: Whether the layer has prompts of its own, in place of those
            that were in the sequence.
        grid: Rows and columns of places.
    """

    weights: Tensor
    renewed: bool
    grid: tuple[int, int]


def record_attention(
    model: VideoTextRecognizer,
    inputs: Tensor,
    data_samples: list | None = None,
    stage: str = 'head',
    since: int = 0,
) -> tuple[VideoTextFeatures | VisualFeatures, list[LayerAttention]]:
    """Run a model and keep the attention weights of its vision tower.

    They are computed step by step in place of the fused attention, so that
    gradients reach them.  The model is not changed: what runs is a copy of
    its frame that shares all weights.

    Args:
        model: With a :class:`CLIPVisionTower`, in evaluation mode.
        inputs: (1, 1, 3, T, H, W) normalised pixels.
        data_samples: The sample, where texts depend on it.
        stage: Of :meth:`VideoTextRecognizer.extract_feat`.
        since: The first layer with respect to whose weights gradients are
            wanted, with gradients enabled.  What comes before it need not be
            kept for them.

    Returns:
        The features and one entry for each layer.

    Raises:
        UserError: If the model has another kind of backbone, or the inputs
            are not one view of one video.
    """
    tower = find_tower(model)
    if inputs.dim() != 6 or inputs.shape[:2] != (1, 1):
        raise UserError(
            f'inputs of shape {tuple(inputs.shape)}, expected one view of '
            'one video, (1, 1, 3, T, H, W)'
        )
    records: list[LayerAttention] = []
    recorded = _RecordedTower(tower, records, since)
    features, _ = _with_parts(model, backbone=recorded).extract_feat(
        inputs, stage=stage, data_samples=data_samples
    )
    return features, records


def find_tower(model: nn.Module) -> CLIPVisionTower:
    """The vision tower of a model.

    Raises:
        UserError: If it has none of CLIP's, or one whose frames are not made
            of the class token, which the maps are of.
    """
    tower = getattr(model, 'backbone', None)
    if not isinstance(tower, CLIPVisionTower):
        raise UserError(
            f'{type(model).__name__}: attention maps need a model with a '
            'CLIPVisionTower'
        )
    if tower.trunk.queries is None:
        raise UserError(
            'attention maps show what the class token attends to, but this '
            'vision tower makes frames of all tokens'
        )
    return tower


class _RecordedTower(nn.Module):
    """A vision tower whose attention is written into a list.

    Every layer computes all tokens, and is not computed again in a backward
    pass.
    """

    def __init__(
        self,
        tower: CLIPVisionTower,
        records: list[LayerAttention],
        since: int,
    ) -> None:
        super().__init__()
        self.tower = _with_parts(tower, adapters=_open(tower.adapters))
        self.tower.patch_tokens = True
        self.tower.with_cp = False
        self.records = records
        self.since = since

    def forward(
        self, frames: Tensor, prompts: LayerPrompts | None = None
    ) -> VisualFeatures:
        """As of the tower."""
        grid = self.tower.trunk.grid_size
        places = grid[0] * grid[1]
        batch = frames.size(0) * frames.size(1)
        with _ExplicitAttention(batch, places + 1, self.since) as attention:
            visual = self.tower(frames, prompts)
        depth = len(self.tower.adapters)
        if len(attention.weights) != depth:
            raise UserError(
                f'{len(attention.weights)} attention maps of {depth} layers: '
                'adapters that join the frames of a clip have none, and clips '
                f'of {frames.size(1)} frames may look like pictures; the '
                'latter have maps with another number of frames'
            )
        renewed = [p is not None for p in prompts or [None] * depth]
        self.records += [
            LayerAttention(weights, new, tuple(grid))
            for weights, new in zip(attention.weights, renewed, strict=True)
        ]
        return visual

    def embed_tokens(self, tokens: Tensor) -> Tensor:
        """As of the tower."""
        return self.tower.embed_tokens(tokens)


class _ExplicitAttention(TorchFunctionMode):
    """Computes a tower's attention to places step by step, and keeps it.

    Attention over time has another batch or too few keys, and that of texts
    is elsewhere.

    Args:
        batch: B * T.
        own: Tokens of a frame, prompts not counted.
        since: The first layer whose weights get a gradient.
    """

    def __init__(self, batch: int, own: int, since: int) -> None:
        super().__init__()
        self.batch = batch
        self.own = own
        self.since = since
        self.weights: list[Tensor] = []

    def __torch_function__(
        self,
        func: Callable,
        types: tuple,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value, *mask = args
        if query.size(0) != self.batch or query.size(-2) < self.own:
            return func(*args, **(kwargs or {}))
        scores = query @ key.mT / query.size(-1) ** 0.5
        if mask and mask[0] is not None:
            scores = scores + mask[0]
        weights = scores.softmax(dim=-1)
        if len(self.weights) >= self.since and torch.is_grad_enabled():
            # of a frozen model this is where the graph begins
            weights.requires_grad_()
        self.weights.append(weights)
        return weights @ value


class _AllQueries(nn.Module):
    """An adapter that makes all tokens the queries of a layer.

    A layer without context is open_clip's block, whose attention is one
    fused step inside ``nn.MultiheadAttention``; given queries, it is
    :meth:`vlprompt.models.towers.Layer.attend_normed` as with context.
    """

    inside_block = False

    def forward(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them."""
        return layer(tokens, context=context, queries=slice(None))


def _open(adapters: nn.ModuleList) -> nn.ModuleList:
    """The same adapters, and innermost one that opens the block."""
    opened = nn.ModuleList()
    for around in adapters:
        inside = any(adapter.inside_block for adapter in around)
        more = [] if inside else [_AllQueries()]
        opened.append(nn.ModuleList([*around, *more]))
    return opened


def _with_parts(module: nn.Module, **parts: nn.Module) -> nn.Module:
    """A copy of a module's frame: other parts, the same weights."""
    changed = copy.copy(module)
    changed._modules = {**module._modules, **parts}
    return changed
