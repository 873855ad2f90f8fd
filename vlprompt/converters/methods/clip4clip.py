"""CLIP4Clip."""

import re
from typing import Any

from ..key_mapper import KeyMapper
from .common import BLOCK, take_clip, text_heads

FINE_TUNED = [  # by CLIP4Clip: all but what embeds patches and words
    '*.transformer.*',
    'backbone.visual.ln_post.*',
    'backbone.visual.proj',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]


POSITIONS = r'frame_position_embeddings\.weight'


def clip4clip(keys: KeyMapper) -> dict[str, Any]:
    """CLIP4Clip with any of its four heads."""
    mean: dict[str, Any] = dict(type='UnitMeanPooler')
    pooler = take_sequence_pooler(keys, mean)
    head: dict[str, Any] = dict(type='ContrastiveHead')
    trainable = ['cls_head.logit_scale', 'pooler.*']
    crossed = keys.numbers(r'cross\.transformer\.resblocks\.(\d+)\..+')
    if crossed and pooler is mean:
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
    elif pooler is mean:
        trainable.remove('pooler.*')
    keys.drop(POSITIONS, 'not used by this head')
    take_clip(keys, r'clip\.')
    return dict(
        texts=dict(type='CaptionTexts', max_tokens=32),
        pooler=pooler,
        cls_head=dict(head, alignment=dict(type='SymmetricContrastiveLoss')),
        trainable=[*FINE_TUNED, *trainable],
    )


def take_sequence_pooler(
    keys: KeyMapper, reduce: dict[str, Any]
) -> dict[str, Any]:
    """The blocks or the LSTM over the frames, if there are any.

    Args:
        keys: Of a checkpoint of CLIP4Clip's family.
        reduce: Config of the pooler that follows, or stands alone.
    """
    layers = keys.numbers(r'transformerClip\.resblocks\.(\d+)\..+')
    if layers:
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(keys.look('frame_position_embeddings.weight')),
            # as many as the text tower's, whatever the width
            heads=text_heads(keys, 'clip.'),
            eps=1e-12,
            reduce=reduce,
        )
        keys.to_part(POSITIONS, 'pooler.positions')
        keys.to_part(rf'transformerClip\.{BLOCK}', r'pooler.blocks.\1')
        return pooler
    if keys.find(r'lstm_visual\..+'):
        keys.to_part(r'lstm_visual\.(.+)', r'pooler.lstm.\1')
        return dict(type='LSTMPooler', reduce=reduce)
    return reduce
