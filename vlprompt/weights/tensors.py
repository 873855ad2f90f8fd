"""Whether what stands under the names of weights can be weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.finite import first_non_finite

# Buffers in which infinity has a meaning.
MASKS = ('attn_mask', 'mask')


def check_tensors(weights: Mapping[str, Any], path: str) -> dict[str, Tensor]:
    """The same as plain tensors; arrays of NumPy become such.

    Args:
        weights: Of any names.
        path: The file, for errors.

    Raises:
        UserError: If one is no tensor, is quantised, sparse or without
            values.
    """
    return {
        str(name): _tensor(str(name), value, path)
        for name, value in weights.items()
    }


def check_finite(weights: Mapping[str, Tensor], path: str) -> None:
    """Refuse weights that a training has ruined.

    Raises:
        UserError: If one has NaN or infinity in it.
    """
    numbers = {k: v for k, v in weights.items() if not k.endswith(MASKS)}
    if name := first_non_finite(numbers):
        raise UserError(
            f'{path} has NaN or infinity in {name}: the training that wrote '
            'it has diverged, take an earlier checkpoint'
        )


def _tensor(name: str, value: Any, path: str) -> Tensor:
    if isinstance(value, np.ndarray) and value.dtype.kind in 'fiub':
        return torch.from_numpy(value)
    problem = None
    if not torch.is_tensor(value):
        kind = 'object' if value is None else type(value).__name__
        problem = f'{name} is no tensor (one {kind})'
    elif value.is_meta:
        problem = f'{name} has a shape and no values (the meta device)'
    elif value.is_quantized:
        problem = f'{name} is quantised ({value.dtype})'
    elif value.layout != torch.strided:
        problem = f'{name} is sparse'
    if problem:
        raise UserError(
            f'{path} holds more than weights: {problem}, expected plain '
            'tensors'
        )
    return value
