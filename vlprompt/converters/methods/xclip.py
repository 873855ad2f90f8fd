"""X-CLIP."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import BLOCK, take_clip


def xclip(keys: KeyMapper) -> dict[str, Any]:
    """X-CLIP: message tokens, integration, video-specific prompts."""
    block = r'visual\.transformer\.resblocks\.(\d+)'
    keys.to_part(rf'{block}\.(message_\w+\..+)', r'backbone.adapters.\1.0.\2')
    positions = keys.take('mit.positional_embedding', 'pooler.positions')[0]
    keys.parts['pooler.positions'] = positions
    layers = keys.numbers(r'mit\.resblocks\.(\d+)\..+')
    keys.to_part(rf'mit\.{BLOCK}', r'pooler.blocks.\1')
    keys.to_part(r'prompts_visual_ln\.(\w+)', r'conditioner.visual_ln.\1')
    keys.to_part('prompts_visual_proj', 'conditioner.visual_proj')
    model = xclip_model(keys, len(layers), len(positions))
    take_clip(keys)
    return model


def xclip_model(
    keys: KeyMapper, layers: int, positions: int
) -> dict[str, Any]:
    """Take X-CLIP's prompt generator, and return the model.

    Args:
        keys: Of a checkpoint.
        layers: Of the multi-frame integration.
        positions: Its frames.
    """
    decoder = keys.numbers(r'prompts_generator\.decoder\.(\d+)\..+')
    of_layer, ours = r'prompts_generator\.decoder\.(\d+)', 'conditioner.layers'
    for source, target in (
        (r'cross_attn\.proj\.(\w+)', 'cross_attn.out_proj'),
        (r'mlp\.0\.(\w+)', 'mlp.0'),
        (r'mlp\.3\.(\w+)', 'mlp.2'),
    ):
        keys.to_part(rf'{of_layer}\.{source}', rf'{ours}.\1.{target}.\2')
    keys.to_part(rf'{of_layer}\.(.+)', rf'{ours}.\1.\2')
    keys.to_part(r'prompts_generator\.(.+)', r'conditioner.\1')
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='MessageToken')],
            patch_tokens=True,
        ),
        texts=dict(type='ClassTexts', template='{}'),
        pooler=dict(
            type='TransformerPooler',
            num_layers=layers,
            num_positions=positions,
        ),
        conditioner=dict(type='VideoSpecificPrompts', num_layers=len(decoder)),
        trainable=['backbone.*', 'pooler.*', 'conditioner.*'],
    )
