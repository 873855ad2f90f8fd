"""DRL's weighted token-wise interaction."""

from typing import Any

from ..key_mapper import KeyMapper
from .clip4clip import POSITIONS, take_sequence_pooler
from .common import take_clip

WORDS = 32  # what texts are padded to, and cut at


def wti(keys: KeyMapper) -> dict[str, Any]:
    """DRL, with any of its poolers and MLPs of one to three layers."""
    num_layers = 1
    for side in ('text', 'video'):
        mlp, ours = rf'{side}_weight_fc\.', f'cls_head.token_scores.{side}.'
        layers = keys.numbers(rf'{mlp}(\d+)\.weight')
        num_layers = max(num_layers, len(layers))
        keys.to_part(rf'{mlp}(\d+\.\w+)', rf'{ours}\1')
        keys.to_part(rf'{mlp}(\w+)', rf'{ours}0.\1')
    pooler = take_sequence_pooler(keys, dict(type='IdentityPooler'))
    keys.drop(POSITIONS, 'not used without a transformer')
    take_clip(keys, r'clip\.')
    trainable = ['backbone.*', 'text_encoder.*', 'cls_head.*']
    if pooler['type'] != 'IdentityPooler':
        trainable.append('pooler.*')
    return dict(
        texts=dict(type='CaptionTexts', max_tokens=WORDS),
        text_encoder=dict(type='CLIPTextTower', all_tokens='longest'),
        pooler=pooler,
        cls_head=dict(
            type='TokenInteractionHead',
            num_layers=num_layers,
            padded_length=WORDS,
            alignment=dict(type='SymmetricContrastiveLoss'),
        ),
        trainable=trainable,
    )
