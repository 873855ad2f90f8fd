"""ActionCLIP, and its port in MMAction2."""

from typing import Any

import torch

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper
from .common import BLOCK, take_clip, text_heads


def actionclip(keys: KeyMapper) -> dict[str, Any]:
    """ActionCLIP in its own layout, fusion weights below ``fusion.``."""
    block = r'visual\.transformer\.resblocks\.(\d+)'
    shifted = bool(keys.find(rf'{block}\.net\..+'))
    # The fusion has as many heads as the text tower, whatever its width.
    heads = text_heads(keys)
    keys.to_clip(rf'{block}\.net\.(.+)', r'visual.transformer.resblocks.\1.\2')
    take_clip(keys)
    adapters = [dict(type='TemporalShift')] if shifted else []
    return dict(
        backbone=dict(type='CLIPVisionTower', adapters=adapters),
        texts=dict(
            type='BatchLabelTexts',
            template='actionclip16',
            ensemble='probability',
        ),
        pooler=_fusion(keys, r'fusion\.', eps=1e-12, heads=heads),
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type='SoftTargetKLLoss'),
            test_temperature=0.01,
        ),
        trainable=['*'],
    )


def mmaction_actionclip(keys: KeyMapper) -> dict[str, Any]:
    """MMAction2's ActionCLIP and CLIPSimilarity."""
    keys.drop(r'data_preprocessor\..+', 'belongs to the data')
    take_clip(keys, r'clip\.')
    pooler = _fusion(keys, r'adapter\.', eps=1e-5)
    return dict(
        texts=dict(
            type='BatchLabelTexts',
            template='actionclip16',
            ensemble='probability',
        ),
        pooler=pooler,
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type='SymmetricContrastiveLoss'),
            test_temperature=0.01,
        ),
        trainable=['*'],
    )


def _fusion(
    keys: KeyMapper, prefix: str, eps: float, heads: int | None = None
) -> dict[str, Any]:
    """ActionCLIP's fusion module, whatever it is."""
    table = (
        rf'{prefix}(?:frame_position_embeddings\.weight|positional_embedding)'
    )
    encoder = rf'{prefix}transformer\.'
    layers = keys.numbers(rf'{encoder}resblocks\.(\d+)\..+')
    pooler: dict[str, Any] = dict(type='MeanPooler')
    if layers:
        names = keys.find(table)
        if not names:
            raise UserError('the checkpoint has no positions of the frames')
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(keys.look(names[0][0])),
            eps=eps,
            heads=heads,
        )
        keys.to_part(table, 'pooler.positions')
        keys.to_part(encoder + BLOCK, r'pooler.blocks.\1')
    elif keys.find(rf'{prefix}lstm_visual\..+'):
        pooler = dict(type='LSTMPooler')
        keys.to_part(rf'{prefix}lstm_visual\.(.+)', r'pooler.lstm.\1')
    elif keys.find(rf'{prefix}shift\.weight'):
        pooler = dict(type='Conv1dPooler')
        keys.to_part(rf'{prefix}shift\.weight', 'pooler.conv.weight')
    elif keys.find(rf'{encoder}cls_token'):
        pooler = _class_token(keys, encoder)
    keys.drop(table, 'not used by this fusion')
    return pooler


def _class_token(keys: KeyMapper, encoder: str) -> dict[str, Any]:
    layers = keys.numbers(rf'{encoder}transformer_enc\.layers\.(\d+)\..+')
    prefix = encoder.replace('\\', '')
    hidden = len(keys.look(f'{prefix}transformer_enc.layers.0.linear1.weight'))
    positions = keys.look(f'{prefix}pos_embed').size(1)
    keys.to_part(rf'{encoder}cls_token', 'pooler.cls_token', torch.ravel)
    keys.to_part(rf'{encoder}pos_embed', 'pooler.positions', lambda x: x[0])
    keys.to_part(rf'{encoder}transformer_enc\.(.+)', r'pooler.encoder.\1')
    return dict(
        type='ClassTokenPooler',
        num_layers=len(layers),
        num_positions=positions - 1,
        hidden=hidden,
    )
