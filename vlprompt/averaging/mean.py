"""The weighted mean of states, the one function that mixes weights."""

import math
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from vlprompt.errors import UserError

State = Mapping[str, Tensor]


class WeightedMean:
    """A weighted mean of states that are added one after the other.

    It holds one copy of the floating tensors, in fp32 on the CPU, however
    many states are added.  Equal states have themselves as mean, bit for
    bit, and so does a single state of any weight.

    Attributes:
        tensors: The mean so far.
        total: The sum of the weights so far.
    """

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self.total = 0.0

    def add(self, state: State, weight: float = 1.0) -> None:
        """Add a state.

        The floating tensors that all states have are averaged; everything
        else (whole numbers, what an earlier state lacks) is the last one's.

        Args:
            state: Tensors by name, of any precision and device.
            weight: Its weight, relative to the others.

        Raises:
            UserError: If the weight is negative or no number, or a tensor
                has another shape than before.
        """
        if not 0 <= weight < math.inf:
            raise UserError(f'a weight of {weight}, expected 0 or more')
        self.total += weight
        share = weight / self.total if weight else 0.0
        self.tensors = {
            name: self._joined(name, tensor.detach(), share)
            for name, tensor in state.items()
        }

    def result(self) -> dict[str, Tensor]:
        """The mean.

        Raises:
            UserError: If no state had a weight.
        """
        if not self.total:
            raise UserError('all weights are 0: nothing is averaged')
        return dict(self.tensors)

    def _joined(self, name: str, tensor: Tensor, share: float) -> Tensor:
        before = self.tensors.get(name)
        if not tensor.is_floating_point():
            return tensor.to('cpu', copy=True)
        if before is None or not before.is_floating_point():
            return tensor.to('cpu', torch.float32, copy=True)
        if before.shape != tensor.shape:
            raise UserError(
                f'{name} is {tuple(before.shape)} in one state and '
                f'{tuple(tensor.shape)} in another: these are different models'
            )
        # lerp gives either end exactly, which a sum of products does not.
        return before.lerp_(tensor.to('cpu', torch.float32), share)


def mix(weighted: Iterable[tuple[float, State]]) -> dict[str, Tensor]:
    """The mean of (weight, state) pairs, see :class:`WeightedMean`.

    Example:
        >>> import torch
        >>> clip, tuned = dict(a=torch.zeros(1)), dict(a=torch.ones(1))
        >>> mix([(0.3, clip), (0.7, tuned)])
        {'a': tensor([0.7000])}
    """
    mean = WeightedMean()
    for weight, state in weighted:
        mean.add(state, weight)
    return mean.result()
