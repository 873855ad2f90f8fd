"""CLIP4Clip."""

import re
from typing import Any

from ..key_mapper import KeyMapper
from .common import BLOCK, take_clip

FINE_TUNED = [  # by CLIP4Clip: all but what embeds patches and words
    '*.transformer.*',
    'backbone.visual.ln_post.*',
    'backbone.visual.proj',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]


def clip4clip(keys: KeyMapper) -> dict[str, Any]:
    """CLIP4Clip with any of its four heads."""
    positions = r'frame_position_embeddings\.weight'
    pooler: dict[str, Any] = dict(type='UnitMeanPooler')
    head: dict[str, Any] = dict(type='ContrastiveHead')
    trainable = ['cls_head.logit_scale', 'pooler.*']
    layers = keys.numbers(r'transformerClip\.resblocks\.(\d+)\..+')
    crossed = keys.numbers(r'cross\.transformer\.resblocks\.(\d+)\..+')
    if layers:
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(keys.look('frame_position_embeddings.weight')),
            reduce=pooler,
        )
        keys.to_part(positions, 'pooler.positions')
        keys.to_part(rf'transformerClip\.{BLOCK}', r'pooler.blocks.\1')
    elif keys.find(r'lstm_visual\..+'):
        pooler = dict(type='LSTMPooler', reduce=pooler)
        keys.to_part(r'lstm_visual\.(.+)', r'pooler.lstm.\1')
    elif crossed:
        trainable = [
            f'cls_head.{part}*'
            for part in ('positions', 'blocks', 'ln_pool', 'dense', 'score')
        ]
        pooler = dict(type='IdentityPooler')
        table = 'cross.embeddings.position_embeddings.weight'
        head = dict(
            type='TightTransformerHead',
            num_layers=len(crossed),
            num_positions=len(keys.look(table)),
        )
        keys.to_part(re.escape(table), 'cls_head.positions')
        keys.to_part(rf'cross\.transformer\.{BLOCK}', r'cls_head.blocks.\1')
        keys.to_part(r'cross\.pooler\.(.+)', r'cls_head.\1')
        keys.to_part(r'similarity_dense\.(\w+)', r'cls_head.score.\1')
    else:
        trainable.remove('pooler.*')
    keys.drop(positions, 'not used by this head')
    take_clip(keys, r'clip\.')
    return dict(
        texts=dict(type='CaptionTexts', max_tokens=32),
        pooler=pooler,
        cls_head=dict(head, alignment=dict(type='SymmetricContrastiveLoss')),
        trainable=[*FINE_TUNED, *trainable],
    )
