"""FROSTER."""

from typing import Any

from ..key_mapper import KeyMapper
from .openvclip import openvclip

# Where the configs of FROSTER look for its sentences.
ROOTS = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')
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
    texts = dict(
        type='TemplatedDescriptionTexts',
        descriptions=[f'data/{root}/descriptions.json' for root in ROOTS],
        names_in='openvclip28',
        template='{text}',
    )
    trainable = ['backbone.*', 'text_encoder.*', 'cls_head.*']
    return dict(model, cls_head=head, texts=texts, trainable=trainable)
