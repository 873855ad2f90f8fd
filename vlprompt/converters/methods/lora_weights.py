"""Matrices that state dicts of CLIP-LoRA hold apart, changed or not."""

from collections.abc import Iterable
from typing import NamedTuple

from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.weights import say

from ..key_mapper import KeyMapper
from .common import pack

UNLIKE = 1e-3  # of the largest weight
PACKED = ('q_proj', 'k_proj', 'v_proj')


class Change(NamedTuple):
    """What LoRA adds to a matrix of a whole model.

    Attributes:
        attention: What the names of the matrices in that layer begin with.
        matrix: As the project calls it.
        tensor: What is added.
    """

    attention: str
    matrix: str
    tensor: Tensor


def join_attention(keys: KeyMapper, fronts: Iterable[str]) -> None:
    """Query, key and value in one, as in CLIP; its own name of ``proj``.

    Args:
        keys: Of the checkpoint.
        fronts: What the names of the towers' blocks begin with.
    """
    for front in fronts:
        block = rf'{front}resblocks\.(\d+)\.attn\.'
        for i in keys.numbers(rf'{block}q_proj\.weight'):
            name = f'{front}resblocks.{i}.attn'
            pack(keys, keys.clip, name, f'{name}.in_proj', 'CLIP ')
        keys.to_clip(
            rf'({front}resblocks\.\d+\.attn)\.proj\.(weight|bias)',
            r'\1.out_proj.\2',
        )


def take_off(keys: KeyMapper, changes: list[Change]) -> None:
    """Take changes off the weights of a model that holds both.

    How much of the changes is in the weights is their product with the
    changes: all of it, or nothing but chance.  With the CLIP given it is
    exact.

    Args:
        keys: Of the checkpoint, its CLIP complete.
        changes: Of all matrices.

    Raises:
        UserError: If it was trained on another CLIP than the one given.
    """
    square = sum(float(c.tensor.square().sum()) for c in changes)
    if not square:  # a training that has not begun, or the factors alone
        return
    share = 0.0
    for change in changes:
        weight = _matrix(keys.clip, change).double()
        if keys.base:
            weight = weight - _matrix(keys.base, change).double()
        share += float((weight * change.tensor).sum()) / square
    merged = share > 0.5
    for change in changes:
        weight = _matrix(keys.clip, change)
        own = weight.double() - merged * change.tensor
        if keys.base:
            _check_same(own, _matrix(keys.base, change), change)
        weight.copy_(own)
    if merged:
        say('took the changes off weights that hold them (saved in eval mode)')


def _check_same(own: Tensor, base: Tensor, change: Change) -> None:
    """In half precision numbers agree to 5e-4 of themselves."""
    difference = (own - base.double()).abs().max()
    if difference > UNLIKE * base.abs().max():
        raise UserError(
            'the checkpoint was not trained on the CLIP given by --clip: '
            f'{change.attention}{change.matrix} differs by {difference:.1e}'
        )


def _matrix(clip: dict[str, Tensor], change: Change) -> Tensor:
    """The matrix of a CLIP that a change belongs to, not a copy."""
    if change.matrix not in PACKED:
        return clip[f'{change.attention}out_proj.weight']
    packed = clip[f'{change.attention}in_proj_weight']
    return packed.chunk(3)[PACKED.index(change.matrix)]
