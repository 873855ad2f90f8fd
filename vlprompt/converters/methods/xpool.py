"""X-Pool and T-MASS."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import take_clip
from .huggingface import take_huggingface_clip

POOLING = (  # their names, ours
    (r'cross_attn\.(\w+_proj)', r'\1'),
    ('linear_proj', 'linear'),
    ('layer_norm1', 'ln_1'),
    ('layer_norm2', 'ln_2'),
    ('layer_norm3', 'ln_3'),
)


def xpool(keys: KeyMapper) -> dict[str, Any]:
    """X-Pool, with the CLIP of transformers (as published) or OpenAI's."""
    return _model(keys, dict(type='TextPoolingHead'))


def tmass(keys: KeyMapper) -> dict[str, Any]:
    """T-MASS: X-Pool, and the radius of the texts."""
    radius = r'stochastic\.std_branch\.'
    head = dict(
        type='StochasticTextHead',
        num_frames=keys.look('stochastic.std_branch.linear_proj.weight').size(
            1
        ),
        support_weight=0.8,
    )
    keys.to_part(rf'{radius}linear_proj\.(\w+)', r'cls_head.radius.\1')
    keys.drop(rf'{radius}learnable_scalar', 'not used')
    return _model(keys, head)


def _model(keys: KeyMapper, head: dict[str, Any]) -> dict[str, Any]:
    for source, name in POOLING:
        groups = source.count('(')
        keys.to_part(
            rf'pool_frames\.{source}\.(\w+)',
            rf'cls_head.pooling.{name}.\{groups + 1}',
        )
    if keys.find(r'clip\.visual\.conv1\.weight'):
        take_clip(keys, r'clip\.')
    else:
        take_huggingface_clip(keys, 'clip.')
    return dict(
        texts=dict(type='CaptionTexts'),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(head, alignment=dict(type='SymmetricContrastiveLoss')),
        trainable=['backbone.*', 'text_encoder.*', 'cls_head.*'],
    )
