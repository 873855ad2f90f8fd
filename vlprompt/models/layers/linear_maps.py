"""What can be folded into the matrices of a block."""

from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor


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


class LinearMaps(NamedTuple):
    """All that a part inside a layer does in evaluation, in float64.

    Attributes:
        places: What it makes of each token at ``'ln_1'``, ``'attention'``,
            ``'ln_2'`` and ``'mlp'``; see ``InsidePart``.
        matrices: What it adds to the matrices ``'q'``, ``'k'``, ``'v'``,
            ``'out'``, ``'fc'`` and ``'proj'``.
    """

    places: Mapping[str, AffineMap] = {}
    matrices: Mapping[str, Tensor] = {}
