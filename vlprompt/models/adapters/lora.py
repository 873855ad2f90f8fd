import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..layers.linear_maps import LinearMaps
from .inside_part import InsidePart

MATRICES = ('q', 'k', 'v', 'out', 'fc', 'proj')


@MODELS.register_module()
class LoRA(InsidePart):
    """LoRA: changes of low rank to the matrices of either tower.

    A matrix W becomes ``W + scale * B A``, with A of (rank, in) and B of
    (out, rank).  A starts as PyTorch's linear layers do, B from zero: a
    model starts as CLIP.  After training ``vlprompt export --merge`` adds
    the changes to CLIP's own matrices.

    Args:
        width: Width of the tower, D.
        mlp_width: Width of its MLPs.
        rank: r, of 1 or more.
        scale: Factor of the change.  Projects write it as alpha: PEFT's
            factor is alpha / r, that of CLIP-LoRA alpha / sqrt(r).
        matrices: Those that change: ``'q'``, ``'k'``, ``'v'`` and ``'out'``
            of attention, ``'fc'`` and ``'proj'`` of the MLP.
        dropout: Of what A reads; W reads all of it.

    Raises:
        UserError: If there is no such matrix, or no rank.
    """

    def __init__(
        self,
        width: int,
        mlp_width: int,
        rank: int,
        scale: float,
        matrices: Sequence[str] = ('q', 'k', 'v'),
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        known = set(matrices) <= set(MATRICES)
        if not matrices or not known or len(set(matrices)) < len(matrices):
            raise UserError(
                f'LoRA: matrices={list(matrices)}, expected some of '
                f'{list(MATRICES)}, each once'
            )
        if rank < 1:
            raise UserError(f'LoRA: rank={rank}, expected 1 or more')
        self.matrices = tuple(matrices)
        self.scale = scale
        self.dropout = nn.Dropout(dropout)
        read = dict.fromkeys(MATRICES, width) | dict(proj=mlp_width)
        given = dict.fromkeys(MATRICES, width) | dict(fc=mlp_width)
        self.down = nn.ParameterDict(
            {name: torch.empty(rank, read[name]) for name in matrices}
        )
        self.up = nn.ParameterDict(
            {name: torch.zeros(given[name], rank) for name in matrices}
        )
        for factor in self.down.values():
            nn.init.kaiming_uniform_(factor, a=math.sqrt(5))

    def delta(self, name: str, x: Tensor) -> Tensor:
        """(..., D) input of a matrix to what is added to its output."""
        low = F.linear(self.dropout(x), self.down[name])
        return self.scale * F.linear(low, self.up[name])

    def linear_maps(self) -> LinearMaps:
        """The changes of the matrices, for merging."""
        return LinearMaps(
            matrices={
                name: self.scale
                * (self.up[name].double() @ self.down[name].double())
                for name in self.matrices
            }
        )
