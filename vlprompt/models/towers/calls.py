"""How the tower calls a layer through what stands around it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from ..roles import Adapter
from .layer import Queries


class Carried(NamedTuple):
    """What a layer gives if its adapter hands something to the next one.

    Attributes:
        tokens: (B, T, Q, D) as of any layer.
        carried: What the adapter of the next layer is called with.
    """

    tokens: Tensor
    carried: Tensor


def wrap(layer: Callable, adapters: Iterable[Adapter]) -> Callable:
    """Nest adapters around a layer; the first one is the outermost.

    An adapter is called as ``adapter(tokens, layer=layer, context=context,
    queries=queries)`` and decides what it gives the layer inside it.
    """
    for adapter in reversed(list(adapters)):
        layer = partial(adapter, layer=layer)
    return layer


def run(
    layer: Callable,
    tokens: Tensor,
    context: Tensor | None,
    queries: Queries | None,
    with_cp: bool,
) -> Tensor | Carried:
    """Call a layer, recomputing it in the backward pass if asked to."""
    if with_cp and torch.is_grad_enabled():
        return checkpoint(
            layer,
            tokens,
            context=context,
            queries=queries,
            use_reentrant=False,
        )
    return layer(tokens, context=context, queries=queries)
