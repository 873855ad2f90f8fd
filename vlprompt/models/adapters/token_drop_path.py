from collections.abc import Callable

import torch
from torch import Tensor

from vlprompt.registry import MODELS

from ..layers.linear_maps import LinearMaps
from .inside_part import InsidePart


@MODELS.register_module()
class TokenDropPath(InsidePart):
    """T2L, EZ-CLIP: dropout in attention, and places that skip a branch.

    What attention or the MLP gives is left out, in training, at places drawn
    for the whole batch: the same of all frames or texts, as in the released
    code, whose stochastic depth works on the axis of the tokens.  Attention
    weights are dropped with the same probability.

    Args:
        index: Which layer this is.
        depth: Number of layers.
        rate: Probability of the last layer; grows linearly from 0.
    """

    places = ('attention', 'mlp')

    def __init__(self, index: int, depth: int, rate: float = 0.1) -> None:
        super().__init__()
        self.drop_prob = rate * index / max(1, depth - 1)

    @property
    def attention_dropout(self) -> float:
        """The share of the attention weights that are dropped."""
        return self.drop_prob if self.training else 0.0

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """(B, T, L, D) tokens, some of the L left out, others enlarged."""
        if not self.attention_dropout:
            return tokens
        return tokens * self._draw(tokens.size(2), tokens)[:, None]

    def over_positions(
        self, num: int, device: torch.device
    ) -> Callable[[Tensor], InsidePart]:
        """Draw for the ``num`` places of texts, however they are laid out."""
        if not self.attention_dropout:
            return super().over_positions(num, device)
        like = torch.empty(0, device=device)
        drawn = {name: self._draw(num, like) for name in self.places}
        return lambda positions: _Drawn(self.drop_prob, drawn, positions)

    def linear_maps(self) -> LinearMaps:
        """Nothing, which is what it does in evaluation."""
        return LinearMaps()

    def _draw(self, num: int, like: Tensor) -> Tensor:
        """(num,) factors, zero or what makes up for the zeros."""
        keep = 1 - self.drop_prob
        return like.new_empty(num).bernoulli_(keep) / keep


class _Drawn(InsidePart):
    """What was drawn for places of texts, where rows have several texts.

    Args:
        drop_prob: Of the attention weights.
        drawn: (num,) factors by the place in the layer.
        positions: (R, S) place in its text of each token.
    """

    places = TokenDropPath.places

    def __init__(
        self, drop_prob: float, drawn: dict[str, Tensor], positions: Tensor
    ) -> None:
        super().__init__()
        self.attention_dropout = drop_prob
        self.drawn = drawn
        self.positions = positions

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """(R, 1, S, D) tokens, those at some places of texts left out."""
        factors = self.drawn[name][self.positions].to(tokens.dtype)
        return tokens * factors[:, None, :, None]
