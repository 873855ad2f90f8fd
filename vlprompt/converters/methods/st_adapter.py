"""ST-Adapter."""

from typing import Any

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper
from .common import zeros_for_text

# Where a layer has adapters, outermost first, and the parts that they are.
PLACES = {
    'adapter_pre_attn': 'PreAttentionSTAdapter',
    'adapter_pre_mlp': 'PreMLPSTAdapter',
}


def st_adapter(keys: KeyMapper) -> dict[str, Any]:
    """ST-Adapter: a visual tower without projection, a linear head.

    Its own program saves what is learned alone: the CLIP is then needed.
    """
    adapters = []
    for name, part in PLACES.items():
        layers = keys.numbers(rf'transformer\.resblocks\.(\d+)\.{name}\..+')
        if layers:
            first = f'transformer.resblocks.{layers[0]}.{name}'
            adapters.append(_config(keys, first, part, layers))
        for i in layers:
            # the place among the parts of this layer alone
            place = sum(i in a['layers'] for a in adapters) - 1
            keys.to_part(
                rf'transformer\.resblocks\.{i}\.{name}\.(.+)',
                rf'backbone.adapters.{i}.{place}.adapter.\1',
            )
    if not adapters:
        raise UserError('the checkpoint has no adapters')
    classes = len(keys.look('fc.weight'))
    keys.to_part(r'fc\.(\w+)', r'cls_head.fc_cls.\1')
    keys.to_clip(
        r'(class_embedding|positional_embedding|conv1\.weight|'
        r'ln_pre\.\w+|ln_post\.\w+|transformer\.resblocks\..+)',
        r'visual.\1',
    )
    if keys.clip:
        zeros_for_text(keys.clip)
    return dict(
        backbone=dict(
            type='CLIPVisionTower', adapters=adapters, project=False
        ),
        pooler=dict(type='MeanThenNormPooler'),
        cls_head=dict(type='LinearHead', num_classes=classes, std=0.02),
        trainable=['backbone.adapters.*', 'cls_head.*'],
    )


def _config(
    keys: KeyMapper, first: str, part: str, layers: list[int]
) -> dict[str, Any]:
    hidden = len(keys.look(f'{first}.fc1.weight'))
    kernel = tuple(keys.look(f'{first}.conv.weight').shape[2:])
    if kernel[1:] != (1, 1):
        raise UserError(
            f'adapters with a kernel of {kernel}, expected one over time '
            'alone, such as (3, 1, 1)'
        )
    return dict(type=part, hidden=hidden, taps=kernel[0], layers=layers)
