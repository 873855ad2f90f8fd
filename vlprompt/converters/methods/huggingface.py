"""Hugging Face's names of CLIP."""

from typing import Any

from torch import Tensor

from ..key_mapper import KeyMapper
from .common import pack_clip


def huggingface(keys: KeyMapper) -> dict[str, Any]:
    """Hugging Face's CLIPModel: CLIP itself, under other names."""
    keys.drop(r'.*\.position_ids', 'a constant')
    towers = (
        ('vision_model', 'visual.transformer'),
        ('text_model', 'transformer'),
    )
    for theirs, ours in towers:
        layer = rf'{theirs}\.encoder\.layers'
        target = f'{ours}.resblocks'
        for i in keys.numbers(rf'{layer}\.(\d+)\..+'):
            pack_clip(
                keys,
                rf'{theirs}.encoder.layers.{i}.self_attn',
                f'{target}.{i}',
            )
        for source, name in (
            (r'self_attn\.out_proj', 'attn.out_proj'),
            ('layer_norm1', 'ln_1'),
            ('layer_norm2', 'ln_2'),
            (r'mlp\.fc1', 'mlp.c_fc'),
            (r'mlp\.fc2', 'mlp.c_proj'),
        ):
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
        (r'vision_model\.pre_layrnorm\.(\w+)', r'visual.ln_pre.\1'),
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
        keys.to_clip(source, target)
    keys.to_clip(r'visual_projection\.weight', 'visual.proj', _turn)
    keys.to_clip(r'text_projection\.weight', 'text_projection', _turn)
    return {}


def _turn(tensor: Tensor) -> Tensor:
    return tensor.T.contiguous()
