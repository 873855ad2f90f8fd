"""Frozen weights in the precision that they are used in."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

MATRICES = (nn.Linear, nn.Conv2d, nn.MultiheadAttention)
DTYPES = ('bfloat16', 'float16')


def cast_frozen_weights(model: nn.Module, dtype: str | None) -> None:
    """Cast the frozen weights of matrix products to a lower precision.

    Autocast would make these copies anew in every forward.  What is learned,
    the norms and the embeddings stay as they are, and with them the residual
    stream.

    Args:
        model: The model; changed in place.
        dtype: ``'bfloat16'`` or ``'float16'``; None leaves them as they are.

    Raises:
        UserError: If it is none of these.
    """
    if dtype is None:
        return
    if dtype not in DTYPES:
        raise UserError(
            f'frozen_dtype={dtype!r}, expected one of {", ".join(DTYPES)}'
        )
    for module in model.modules():
        if isinstance(module, MATRICES):
            for parameter in module.parameters(recurse=False):
                if not parameter.requires_grad:
                    parameter.data = parameter.to(getattr(torch, dtype))


def autocast_to(device: str, dtype: str | None) -> AbstractContextManager:
    """Autocast to a precision; nothing if it is None."""
    if dtype is None:
        return nullcontext()
    return torch.autocast(device, getattr(torch, dtype))


def autocast_like(weight: Tensor) -> AbstractContextManager:
    """Autocast to the precision of a weight; nothing if that is not half.

    For modules that are called outside the recognizer's own autocast and may
    be frozen in half precision.
    """
    if weight.dtype in (torch.bfloat16, torch.float16):
        return torch.autocast(weight.device.type, weight.dtype)
    return nullcontext()


def without_autocast(device: torch.device) -> torch.autocast:
    """Where some tensors are, computations in their own precision."""
    # meta tensors, which have no values, are none of autocast's devices
    kind = 'cpu' if device.type == 'meta' else device.type
    return torch.autocast(kind, enabled=False)
