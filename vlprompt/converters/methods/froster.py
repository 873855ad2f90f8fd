"""FROSTER."""

from typing import Any

from ..key_mapper import KeyMapper
from .openvclip import openvclip

PROJECTORS = 'cls_head.regularizers.distillation.projectors'


def froster(keys: KeyMapper) -> dict[str, Any]:
    """FROSTER: Open-VCLIP's towers, all learned, and two projectors."""
    regularizers: dict[str, Any] = {}
    if keys.find(r'projector_[vt]\..+'):
        loss = dict(type='FeatureDistillationLoss')
        regularizers = dict(distillation=loss)
    for theirs, ours in (('v', 'visual'), ('t', 'text')):
        name = rf'projector_{theirs}\.([02]\.weight)'
        keys.to_part(name, rf'{PROJECTORS}.{ours}.\1')
    model = openvclip(keys)
    head = dict(model['cls_head'], regularizers=regularizers)
    trainable = ['backbone.*', 'text_encoder.*', 'cls_head.*']
    return dict(model, cls_head=head, trainable=trainable)
