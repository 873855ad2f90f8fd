"""T2L, EZ-CLIP."""

import re
from typing import Any

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper
from .common import take_clip

LAYER = r'transformer\.resblocks\.(\d+)\.Adapter\.D_fc(\d)\.(\w+)'
TIMES = 'visual.temporal_embedding'
VECTORS = 'visual.transformer.T_prompt_embeddings'


def t2l(keys: KeyMapper) -> dict[str, Any]:
    """T2L: bottlenecks in both towers and, in most files, temporal tokens.

    The file does not tell the dropout of the training, nor its texts.  Its
    time embedding is never learned: zeros in all files of the project.
    """
    adapters = [_bottleneck(keys)]
    if VECTORS in keys.left:
        vectors = keys.take(VECTORS, 'backbone.adapters.*.0.vectors')
        for i, own in enumerate(vectors):
            keys.parts[f'backbone.adapters.{i}.0.vectors'] = own
        token = dict(type='TemporalToken', num_frames=vectors.size(1))
        adapters.insert(0, token)
    place = len(adapters) - 1
    for tower, ours, number in (
        (r'visual\.', 'backbone', place),
        ('', 'text_encoder', 0),
    ):
        keys.to_part(
            tower + LAYER, rf'{ours}.adapters.\1.{number}.bottleneck.fc\2.\3'
        )
    backbone = dict(type='CLIPVisionTower', adapters=adapters)
    embeddings = _time_embedding(keys)
    if embeddings:
        backbone['embeddings'] = embeddings
    take_clip(keys)
    return dict(
        backbone=backbone,
        text_encoder=dict(type='CLIPTextTower', adapters=adapters[place:]),
        texts=dict(type='BatchLabelTexts', template='{}'),
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type='SoftTargetKLLoss'),
            regularizers=dict(motion=dict(type='MotionLoss')),
            test_temperature=0.01,
        ),
        trainable=['backbone.adapters.*', 'text_encoder.adapters.*'],
    )


def _time_embedding(keys: KeyMapper) -> list[dict[str, Any]]:
    """The config of what is added to the tokens of a frame; none of zeros."""
    if TIMES not in keys.left or not keys.look(TIMES).any():
        keys.drop(re.escape(TIMES), 'zeros that are never learned')
        return []
    name = 'backbone.embeddings.0.vectors'
    keys.parts[name] = keys.take(TIMES, name)[0]
    return [dict(type='TimeEmbedding', num_frames=len(keys.parts[name]))]


def _bottleneck(keys: KeyMapper) -> dict[str, Any]:
    """The config of the bottlenecks, the same in both towers."""
    ratios = set()
    for tower in ('visual.', ''):
        first = f'{tower}transformer.resblocks.0.Adapter.D_fc1.weight'
        hidden, width = keys.look(first).shape
        ratios.add(hidden / width)
    if len(ratios) > 1:
        raise UserError(
            f'bottlenecks of {sorted(ratios)} of the width of their towers, '
            'expected the same in both'
        )
    return dict(type='BottleneckAdapter', ratio=ratios.pop())
