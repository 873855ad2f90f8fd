"""Efficient-Prompt, A5 and A6."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import BLOCK, take_clip


def a5(keys: KeyMapper) -> dict[str, Any]:
    """A5, A6: a table of prompts, blocks over the frames."""
    length = len(keys.look('embedding.weight'))
    keys.to_part(r'embedding\.weight', 'prompts.free.text.vectors')
    layers = keys.numbers(r'temporalModelling\.resblocks\.(\d+)\..+')
    pooler: dict[str, Any] = dict(type='MeanPooler')
    if layers:
        positions = keys.look('temporalEmbedding.weight')
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(positions),
            residual=False,
            init='torch',
            position_std=0.01,
        )
        keys.to_part(r'temporalEmbedding\.weight', 'pooler.positions')
        keys.to_part(rf'temporalModelling\.{BLOCK}', r'pooler.blocks.\1')
    keys.drop(r'temporalEmbedding\.weight', 'no temporal layers')
    take_clip(keys, r'clipmodel\.')
    return dict(
        texts=dict(type='SampledClassTexts', template='[16] {} [16]'),
        prompts=dict(
            type='PromptLearner',
            text=dict(type='PositionPrompts', length=length),
        ),
        pooler=pooler,
        cls_head=dict(type='SimilarityHead', temperature=0.07),
        trainable=['prompts.*', *(['pooler.*'] if layers else [])],
    )
