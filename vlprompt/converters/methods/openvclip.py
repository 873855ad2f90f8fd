"""Open-VCLIP."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import take_clip


def openvclip(keys: KeyMapper) -> dict[str, Any]:
    """Open-VCLIP: a fine-tuned CLIP below ``model.``, nothing else."""
    keys.drop(r'raw_model\..+', 'the CLIP that training started from')
    take_clip(keys, r'model\.')
    return dict(
        backbone=dict(
            type='CLIPVisionTower', adapters=[dict(type='NeighborKV')]
        ),
        texts=dict(type='ClassTexts', template='openvclip28'),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(type='SimilarityHead', fusion='decision'),
        trainable=['backbone.visual.*', 'cls_head.logit_scale'],
    )
