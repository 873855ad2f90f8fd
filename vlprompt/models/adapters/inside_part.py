from collections.abc import Callable

import torch
from mmengine.model import BaseModule
from torch import Tensor


class InsidePart(BaseModule):
    """Acts nowhere; a part says where it does and overrides that alone.

    See :class:`vlprompt.models.roles.InsidePart`.
    """

    acts_inside = True
    inside_block = False
    tokenwise = True
    mixes_frames = False
    places: tuple[str, ...] = ()
    matrices: tuple[str, ...] = ()
    shares = False
    attention_dropout = 0.0

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """(B, T, L, D) tokens at a place to (B, T, L, D)."""
        raise NotImplementedError(f'{type(self).__name__} at {name}')

    def delta(self, name: str, x: Tensor) -> Tensor:
        """(..., D) input of a matrix to what is added to its output."""
        raise NotImplementedError(f'{type(self).__name__} at {name}')

    def share(self, x: Tensor) -> Tensor:
        """(B, T, L, D) keys or values to (B, T, M, D)."""
        raise NotImplementedError(type(self).__name__)

    def over_positions(
        self, num: int, device: torch.device
    ) -> Callable[[Tensor], 'InsidePart']:
        """Itself for tokens at (R, S) of the ``num`` places of texts."""
        return lambda positions: self
