"""Hugging Face's names of CLIP and of X-CLIP."""

import re
from typing import Any

from torch import Tensor

from ..key_mapper import KeyMapper
from .common import pack, pack_clip
from .xclip import xclip_model

# Of a block of CLIP, but for queries, keys and values.
OF_BLOCK = (
    (r'self_attn\.out_proj', 'attn.out_proj'),
    ('layer_norm1', 'ln_1'),
    ('layer_norm2', 'ln_2'),
    (r'mlp\.fc1', 'mlp.c_fc'),
    (r'mlp\.fc2', 'mlp.c_proj'),
)


def huggingface(keys: KeyMapper) -> dict[str, Any]:
    """Hugging Face's CLIPModel: CLIP itself, under other names."""
    take_huggingface_clip(keys)
    return {}


def huggingface_xclip(keys: KeyMapper) -> dict[str, Any]:
    """Hugging Face's XCLIPModel: the released X-CLIP, under other names."""
    layer = r'vision_model\.encoder\.layers\.(\d+)'
    for i in keys.numbers(rf'{layer}\.message_fc\.\w+'):
        attention = f'vision_model.encoder.layers.{i}.message_attn'
        ours = f'backbone.adapters.{i}.0.message_attn.in_proj'
        pack(keys, keys.parts, attention, ours)
    keys.to_part(rf'{layer}\.(message_\w+\..+)', r'backbone.adapters.\1.0.\2')
    positions = keys.take('mit.position_embedding', 'pooler.positions')[0]
    keys.parts['pooler.positions'] = positions
    block = r'mit\.encoder\.layers\.(\d+)'
    layers = keys.numbers(rf'{block}\..+')
    for i in layers:
        attention = f'mit.encoder.layers.{i}.self_attn'
        pack(keys, keys.parts, attention, f'pooler.blocks.{i}.attn.in_proj')
    for source, name in OF_BLOCK:
        keys.to_part(
            rf'{block}\.{source}\.(\w+)', rf'pooler.blocks.\1.{name}.\2'
        )
    keys.to_part(
        r'prompts_generator\.layernorm\.(\w+)', r'conditioner.norm.\1'
    )
    keys.to_part(
        r'prompts_visual_layernorm\.(\w+)', r'conditioner.visual_ln.\1'
    )
    keys.to_part('prompts_visual_projection', 'conditioner.visual_proj')
    model = xclip_model(keys, len(layers), len(positions))
    take_huggingface_clip(keys)
    return model


def take_huggingface_clip(keys: KeyMapper, prefix: str = '') -> None:
    """A CLIP under the names of transformers, behind a prefix."""
    keys.drop(r'.*\.position_ids', 'a constant')
    before = re.escape(prefix)
    towers = (
        ('vision_model', 'visual.transformer'),
        ('text_model', 'transformer'),
    )
    for theirs, ours in towers:
        layer = rf'{before}{theirs}\.encoder\.layers'
        target = f'{ours}.resblocks'
        for i in keys.numbers(rf'{layer}\.(\d+)\..+'):
            pack_clip(
                keys,
                f'{prefix}{theirs}.encoder.layers.{i}.self_attn',
                f'{target}.{i}',
            )
        for source, name in OF_BLOCK:
            keys.to_clip(
                rf'{layer}\.(\d+)\.{source}\.(\w+)', rf'{target}.\1.{name}.\2'
            )
    vision = r'vision_model\.embeddings'
    for source, target in (
        (rf'{vision}\.class_embedding', 'visual.class_embedding'),
        (rf'{vision}\.patch_embedding\.weight', 'visual.conv1.weight'),
        (
            rf'{vision}\.position_embedding\.weight',
            'visual.positional_embedding',
        ),
        # A typing error of CLIPModel's, which XCLIPModel does not have.
        (r'vision_model\.pre_laye?rnorm\.(\w+)', r'visual.ln_pre.\1'),
        (r'vision_model\.post_layernorm\.(\w+)', r'visual.ln_post.\1'),
        (
            r'text_model\.embeddings\.token_embedding\.weight',
            'token_embedding.weight',
        ),
        (
            r'text_model\.embeddings\.position_embedding\.weight',
            'positional_embedding',
        ),
        (r'text_model\.final_layer_norm\.(\w+)', r'ln_final.\1'),
        ('logit_scale', 'logit_scale'),
    ):
        keys.to_clip(before + source, target)
    for source, target in (
        (r'visual_projection\.weight', 'visual.proj'),
        (r'text_projection\.weight', 'text_projection'),
    ):
        keys.to_clip(before + source, target, _turn)


def _turn(tensor: Tensor) -> Tensor:
    return tensor.T.contiguous()
