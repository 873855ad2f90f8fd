"""MoTE."""

from typing import Any

import torch
from torch import Tensor

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper
from .common import take_clip

BLOCK = r'fusion\.transformer\.resblocks\.(\d+)'


def mote(keys: KeyMapper) -> dict[str, Any]:
    """MoTE: a vision tower, and experts below ``fusion.``.

    Its text tower, which its own files lack, is that of the CLIP it started
    from.
    """
    layers = keys.numbers(rf'{BLOCK}\..+')
    experts = keys.numbers(
        r'fusion\.transformer\.resblocks\.\d+\.mlp\.fc_up\.(\d+)\.weight'
    )
    if not layers:
        raise UserError('the checkpoint has no temporal blocks')
    _check_equal_shares(keys)
    for ours, theirs in dict(c_fc='fc_up', c_proj='fc_dn').items():
        for i in layers:
            _stack(keys, i, theirs, ours, experts)
    one = r'cls_head.blocks.\1'
    keys.to_part(  # without experts, a block as any other
        rf'{BLOCK}\.mlp\.(c_fc|c_proj)\.(\w+)', rf'{one}.\2.\3', add_axis
    )
    keys.to_part(rf'{BLOCK}\.(attn|ln_1|ln_2)\.(.+)', rf'{one}.\2.\3')
    positions = len(keys.look('fusion.frame_position_embeddings.weight'))
    keys.to_part(
        r'fusion\.frame_position_embeddings\.weight', 'cls_head.positions'
    )
    supervised = len(keys.look('fusion.spe_cls_feature'))
    keys.to_part(r'fusion\.spe_cls_feature', 'cls_head.supervised')
    take_clip(keys)
    return dict(
        texts=dict(type='ClassTexts', template='openvclip28'),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='MoTEHead',
            num_layers=len(layers),
            num_experts=max(1, len(experts)),
            num_positions=positions,
            num_supervised=supervised,
            test_temperature=1.0,
        ),
        trainable=['backbone.visual.*', 'cls_head.*'],
    )


def add_axis(tensor: Tensor) -> Tensor:
    """The weights of one expert as those of several."""
    return tensor[None]


def _stack(
    keys: KeyMapper, i: int, theirs: str, ours: str, experts: list[int]
) -> None:
    """The weights of a block's experts in one tensor."""
    for kind in ('weight', 'bias') if experts else ():
        target = f'cls_head.blocks.{i}.{ours}.{kind}'
        block = f'fusion.transformer.resblocks.{i}.mlp.{theirs}'
        parts = [keys.take(f'{block}.{e}.{kind}', target) for e in experts]
        keys.parts[target] = torch.stack(parts)


def _check_equal_shares(keys: KeyMapper) -> None:
    """Refuse files whose experts have different shares in evaluation."""
    pattern = rf'{BLOCK}\.mlp\.mote_fusion_weight'
    for match in keys.find(pattern):
        shares = keys.look(match[0])
        if (shares != shares[0]).any():
            raise UserError(
                f'{match[0]} is {shares.tolist()}, expected equal numbers: '
                'experts have the same share'
            )
    keys.drop(pattern, 'experts have the same share')
