"""The names of weights without what training has put in front of them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from vlprompt.errors import UserError

# torch.compile, FSDP, activation checkpointing, Lightning Fabric.
WRAPPERS = (
    '_orig_mod',
    '_fsdp_wrapped_module',
    '_checkpoint_wrapped_module',
    '_forward_module',
)
# The name that all checkpoints of this library have.
FINGERPRINT = 'clip_fingerprint'
FLAT = '_flat_param'  # what FSDP makes of the parameters of a module


def without_wrappers(weights: dict[str, Any], path: str) -> dict[str, Any]:
    """Take the names of wrappers off, wherever they stand.

    ``module.`` of distributed training is taken off in front.

    Args:
        weights: Tensors by name.
        path: The file, for errors.

    Raises:
        UserError: If two tensors get one name, or FSDP has joined them.

    Example:
        >>> without_wrappers({'module._orig_mod.a._orig_mod.b': 1}, 'a.pt')
        {'a.b': 1}
    """
    flat = next((name for name in weights if FLAT in name), None)
    if flat is not None:
        raise UserError(
            f'{path} has {flat}, which FSDP has joined of many tensors: save '
            'a full state dict'
        )
    return rename(weights, _unwrapped, path)


def below(
    weights: dict[str, Any], anchors: Sequence[str], path: str
) -> tuple[dict[str, Any], str]:
    """Take off what stands in front of a name that must be there.

    Args:
        weights: Tensors by name.
        anchors: Names; the first that some name ends with decides.
        path: The file, for errors.

    Returns:
        The tensors, and what was taken off, which may be nothing.

    Raises:
        UserError: If the name stands below several others, or two tensors
            get one name.

    Example:
        >>> below({'model.scale': 1, 'model.bias': 2}, ['scale'], 'a.pt')
        ({'scale': 1, 'bias': 2}, 'model.')
    """
    for anchor in anchors:
        fronts = {
            name[: -len(anchor)]
            for name in weights
            if name == anchor or name.endswith(f'.{anchor}')
        }
        if '' in fronts:
            break
        if len(fronts) > 1:
            raise UserError(
                f'{path} has weights below {" and ".join(sorted(fronts))}: '
                f'say which, as {path}::{min(fronts)[:-1]}'
            )
        if fronts:
            (front,) = fronts
            return _cut(weights, front, path), front
    return weights, ''


def rename(
    weights: dict[str, Any], change: Callable[[str], str], path: str
) -> dict[str, Any]:
    """Change names.

    Raises:
        UserError: If two different tensors get one name.
    """
    renamed: dict[str, Any] = {}
    for name, tensor in weights.items():
        new = change(name)
        if new in renamed and not _same(renamed[new], tensor):
            raise UserError(
                f'{path} has two different tensors for {new}, one of them '
                f'as {name}'
            )
        renamed[new] = tensor
    return renamed


def _cut(weights: dict[str, Any], front: str, path: str) -> dict[str, Any]:
    return rename(weights, lambda name: name.removeprefix(front), path)


def _unwrapped(name: str) -> str:
    parts = [part for part in name.split('.') if part not in WRAPPERS]
    while len(parts) > 1 and parts[0] == 'module':
        del parts[0]
    return '.'.join(parts)


def _same(one: Any, other: Any) -> bool:
    if torch.is_tensor(one) and torch.is_tensor(other):
        return one.shape == other.shape and torch.equal(one, other)
    return one is other
