"""OST."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import take_split_towers

# Where the configs of OST look for sentences.
ROOTS = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')


def ost(keys: KeyMapper) -> dict[str, Any]:
    """OST: a whole CLIP, fine-tuned, in towers named as ViFi-CLIP's."""
    take_split_towers(keys)
    spatial, temporal = (
        [f'data/{root}/descriptions_{kind}.json' for root in ROOTS]
        for kind in ('spatial', 'temporal')
    )
    return dict(
        texts=dict(type='TwoLevelTexts', spatial=spatial, temporal=temporal),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='OptimalTransportHead',
            alignment=dict(type='SoftTargetKLLoss', loss_weight=2.0),
        ),
        trainable=['*'],
    )
