from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..layers.linear_maps import AffineMap, LinearMaps
from .inside_part import InsidePart

PLACES = ('ln_1', 'attention', 'ln_2', 'mlp')


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
    after training (``vlprompt export --merge``).  They start as the identity.
    Each token is adapted by itself, in either tower.

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
        places: Sequence[str] = PLACES,
        scale: float = 0.5,
        dropout: float = 0.1,
        ratio: float = 0.25,
    ) -> None:
        super().__init__()
        unknown = [place for place in places if place not in PLACES]
        if unknown or not places:
            raise UserError(
                f'LinearAdapter: places={list(places)}, expected some of '
                f'{list(PLACES)}'
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

    def linear_maps(self) -> LinearMaps:
        """The adapters of all places, for merging."""
        return LinearMaps(
            {place: m.as_one_map() for place, m in self.maps.items()}
        )
