"""Folding what acts inside a block into the block's own matrices."""

import copy
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from ..layers.linear_maps import AffineMap
from ..roles import InsidePart

# Where the input of a matrix is adapted, and where its output is.
BEFORE = dict(q='ln_1', k='ln_1', v='ln_1', fc='ln_2')
BEHIND = dict(out='attention', proj='mlp')


@torch.no_grad()
def merge_into(block: nn.Module, parts: Sequence[InsidePart]) -> None:
    """Fold parts into the matrices of a block, in place.

    The block alone then computes what block and parts did in evaluation.

    Args:
        block: open_clip's ``ResidualAttentionBlock``, or a block of timm
            seen as one.
        parts: What acts inside it, in this order; all have ``linear_maps``.

    Raises:
        UserError: If a bias would change that the block does not have.
    """
    maps = [part.linear_maps() for part in parts]
    for name, (weight, bias) in matrices_of(block).items():
        own = AffineMap(weight.double(), bias.double())
        changes = [m.matrices[name] for m in maps if name in m.matrices]
        own = own._replace(weight=own.weight + sum(changes))
        # The part that comes first is also the first at a place.
        for place in [m.places for m in reversed(maps)]:
            if BEFORE.get(name) in place:
                own = own.after(place[BEFORE[name]])
        for place in [m.places for m in maps]:
            if BEHIND.get(name) in place:
                own = place[BEHIND[name]].after(own)
        weight.copy_(own.weight)
        if not torch.equal(own.bias, bias.double()):
            _check_bias(block, name)
            bias.copy_(own.bias)


def merged_parameters(
    block: nn.Module, parts: Sequence[InsidePart]
) -> Iterator[tuple[nn.Parameter, Tensor]]:
    """The parameters of a block, each with what it becomes by a merge.

    Args:
        block: See :func:`merge_into`; stays as it is.
        parts: See there.
    """
    merged = copy.deepcopy(block)
    merge_into(merged, parts)
    pairs = [getattr(b, 'block', b).parameters() for b in (block, merged)]
    for own, new in zip(*pairs, strict=True):
        yield own, new.detach()


def _check_bias(block: nn.Module, name: str) -> None:
    """BEiT's attention puts its bias together, with nothing for keys."""
    packed = block.attn.in_proj_bias
    if name in 'qkv' and not isinstance(packed, nn.Parameter):
        raise UserError(
            'adapters with a bias cannot be folded into the attention of this '
            'CLIP, whose keys have no bias'
        )


def matrices_of(block: nn.Module) -> dict[str, tuple[Tensor, Tensor]]:
    """Weights and biases of a block's six matrices; they are not copies."""
    attn, mlp = block.attn, block.mlp
    packed = zip(
        attn.in_proj_weight.chunk(3), attn.in_proj_bias.chunk(3), strict=True
    )
    linears = dict(out=attn.out_proj, fc=mlp.c_fc, proj=mlp.c_proj)
    return {
        **dict(zip('qkv', packed, strict=True)),
        **{name: (m.weight, m.bias) for name, m in linears.items()},
    }
