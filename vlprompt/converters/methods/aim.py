"""AIM."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import zeros_for_text


def aim(keys: KeyMapper) -> dict[str, Any]:
    """AIM: adapters in a visual tower without projection, a linear head."""
    layer = r'backbone\.transformer\.resblocks\.(\d+)'
    names = dict(
        MLP_Adapter='joint',
        S_Adapter='spatial',
        T_Adapter='temporal',
        T_Adapter_in='temporal_in',
    )
    twice = bool(keys.find(rf'{layer}\.T_Adapter_in\..+'))
    first = 'backbone.transformer.resblocks.0.T_Adapter.D_fc1.weight'
    hidden, width = keys.look(first).shape
    for theirs, ours in names.items():
        keys.to_part(
            rf'{layer}\.{theirs}\.D_fc(\d)\.(\w+)',
            rf'backbone.adapters.\1.0.{ours}.fc\2.\3',
        )
    times = keys.take(
        'backbone.temporal_embedding', 'backbone.embeddings.0.vectors'
    )[0]
    keys.parts['backbone.embeddings.0.vectors'] = times
    classes = len(keys.look('cls_head.fc_cls.weight'))
    keys.to_part(r'cls_head\.fc_cls\.(\w+)', r'cls_head.fc_cls.\1')
    keys.to_clip(r'backbone\.(.+)', r'visual.\1')
    zeros_for_text(keys.clip)
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            embeddings=[dict(type='TimeEmbedding', num_frames=len(times))],
            adapters=[
                dict(
                    type='AIMAdapter',
                    num_temporal=2 if twice else 1,
                    scale=1.0 if twice else 0.5,
                    ratio=hidden / width,
                )
            ],
            project=False,
        ),
        cls_head=dict(
            type='LinearHead',
            num_classes=classes,
        ),
        trainable=[
            'backbone.adapters.*',
            'backbone.embeddings.*',
            'backbone.visual.ln_post.*',
            'cls_head.*',
        ],
    )
