"""What stands around and acts inside the layers of a tower."""

from collections.abc import Sequence
from typing import Any

from mmengine.model import BaseModule
from torch import nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..builder import check_role, inject_context
from ..roles import Adapter, InsidePart


def build_layer_parts(
    configs: Sequence[dict], depth: int, **context: Any
) -> nn.ModuleList:
    """The adapters and inside parts of each layer, instances of their own.

    Args:
        configs: Of the parts, outermost first.  One with the key ``layers``
            stands in these layers alone.
        depth: Number of layers.
        context: What parts may ask for, besides ``depth`` and ``index``.

    Returns:
        A list of modules for each of the layers.

    Raises:
        UserError: If there is no such layer, a part lacks a member of its
            role, or one that has to be the last is not.
    """
    parts = nn.ModuleList(nn.ModuleList() for _ in range(depth))
    for config in configs:
        config = dict(config)
        for i in _layers(config, depth):
            given = dict(context, index=i, depth=depth)
            part = MODELS.build(inject_context(config, **given))
            check_role(part, InsidePart if acts_inside(part) else Adapter)
            parts[i].append(part)
    for layer in parts:
        _check_order([p for p in layer if not acts_inside(p)])
    return parts


def acts_inside(part: nn.Module) -> bool:
    """Whether a part acts inside a layer and is none of its adapters."""
    return getattr(part, 'acts_inside', False)


def _layers(config: dict, depth: int) -> Sequence[int]:
    layers = config.pop('layers', range(depth))
    wrong = [i for i in layers if i not in range(depth)]
    if wrong:
        raise UserError(
            f'{config["type"]}: layers={list(layers)}, but the tower has '
            f'layers 0 to {depth - 1}'
        )
    return layers


def _check_order(adapters: Sequence[BaseModule]) -> None:
    for adapter in adapters[:-1]:
        if adapter.inside_block or getattr(adapter, 'carries', False):
            raise UserError(
                f'{type(adapter).__name__} works inside the block and has to '
                'be the last of the adapters'
            )
