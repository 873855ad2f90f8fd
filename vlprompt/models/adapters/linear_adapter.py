from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from .inside_part import InsidePart

# Which matrix reads what is at a place, or gives it.
MATRICES = {
    'ln_1': lambda block: (block.attn.in_proj_weight, block.attn.in_proj_bias),
    'attention': lambda block: (
        block.attn.out_proj.weight,
        block.attn.out_proj.bias,
    ),
    'ln_2': lambda block: (block.mlp.c_fc.weight, block.mlp.c_fc.bias),
    'mlp': lambda block: (block.mlp.c_proj.weight, block.mlp.c_proj.bias),
}


class AffineMap(NamedTuple):
    """``x @ weight.T + bias``."""

    weight: Tensor
    bias: Tensor

    def after(self, first: 'AffineMap') -> 'AffineMap':
        """The map that does another first and then this one."""
        return AffineMap(
            self.weight @ first.weight,
            self.weight @ first.bias + self.bias,
        )


class LinearBottleneck(nn.Module):
    """Down, dropout, up, added to the input; starts as the identity.

    Args:
        width: D.
        hidden: Width between the two maps.
        scale: Of what is added.
        dropout: Of what is between the two maps.
    """

    def __init__(
        self, width: int, hidden: int, scale: float, dropout: float
    ) -> None:
        super().__init__()
        self.scale = scale
        self.fc1 = nn.Linear(width, hidden)
        self.dropout = nn.Dropout(dropout)
        self.fc2 = nn.Linear(hidden, width)
        nn.init.trunc_normal_(self.fc1.weight, std=0.02)
        for tensor in (self.fc1.bias, self.fc2.weight, self.fc2.bias):
            nn.init.zeros_(tensor)

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) to (..., D)."""
        return x + self.scale * self.fc2(self.dropout(self.fc1(x)))

    def as_one_map(self) -> AffineMap:
        """I + s W2 W1 and s (W2 b1 + b2): the same in float64, no dropout."""
        down, up = (
            AffineMap(fc.weight.double(), fc.bias.double())
            for fc in (self.fc1, self.fc2)
        )
        weight, bias = up.after(down)
        unchanged = torch.eye(len(weight)).to(weight)
        return AffineMap(unchanged + self.scale * weight, self.scale * bias)


@MODELS.register_module()
class LinearAdapter(InsidePart):
    """ZeroI2V: adapters without an activation at places inside a block.

    At each place the tokens get ``s W2 dropout(W1 x + b1) + s b2`` added.
    Being linear, the adapters can be folded into the block's own matrices
    after training: :meth:`merge_into`.  They start as the identity.

    Args:
        width: Width of the tower, D.
        places: Where they are: ``'ln_1'`` (the published ``T_Adapter_in``),
            ``'attention'`` (``S_Adapter``), ``'ln_2'`` (``MLP_Adapter``),
            ``'mlp'`` (``MLP_Adapter_out``).
        scale: The s of the formula; 1 on Something-Something v2.
        dropout: Between the two maps; 0 on Something-Something v2.
        ratio: Hidden width over D.

    Raises:
        UserError: If there is no such place.
    """

    def __init__(
        self,
        width: int,
        places: Sequence[str] = ('ln_1', 'attention', 'ln_2', 'mlp'),
        scale: float = 0.5,
        dropout: float = 0.1,
        ratio: float = 0.25,
    ) -> None:
        super().__init__()
        unknown = [place for place in places if place not in MATRICES]
        if unknown or not places:
            raise UserError(
                f'LinearAdapter: places={list(places)}, expected some of '
                f'{list(MATRICES)}'
            )
        self.places = tuple(places)
        self.maps = nn.ModuleDict(
            {
                place: LinearBottleneck(
                    width, int(width * ratio), scale, dropout
                )
                for place in places
            }
        )

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """(B, T, L, D) tokens at a place to (B, T, L, D)."""
        return self.maps[name](tokens)

    @torch.no_grad()
    def merge_into(self, block: nn.Module) -> None:
        """Fold the adapters into the matrices of a block, in place.

        The block alone then computes what block and adapters did in
        evaluation.

        Args:
            block: open_clip's ``ResidualAttentionBlock``.
        """
        for place, adapter in self.maps.items():
            weight, bias = MATRICES[place](block)
            own = AffineMap(weight.double(), bias.double())
            added = adapter.as_one_map()
            reads = place in ('ln_1', 'ln_2')
            merged = own.after(added) if reads else added.after(own)
            weight.copy_(merged.weight)
            bias.copy_(merged.bias)
