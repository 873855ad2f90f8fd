from torch import Tensor

from vlprompt.registry import MODELS

from ..layers.bottleneck import Bottleneck
from .inside_part import InsidePart


@MODELS.register_module()
class BottleneckAdapter(InsidePart):
    """T2L: a bottleneck beside the residual stream, between attention and MLP.

    Each token is adapted by itself, in either tower.  Starts as the identity.

    Args:
        width: Width of the tower, D.
        ratio: Hidden width over D.
    """

    places = ('between',)

    def __init__(self, width: int, ratio: float = 0.25) -> None:
        super().__init__()
        self.bottleneck = Bottleneck(width, ratio, std=None)

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """(B, T, L, D) tokens after attention, adapted."""
        return tokens + self.bottleneck(tokens)
