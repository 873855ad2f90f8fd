"""FROSTER: Open-VCLIP's towers, all learned, held near the frozen CLIP.

In training a class is its name in one template, drawn for each step; in
evaluation it is the mean of 28.
"""

_base_ = ['clip_b16.py']

model = dict(
    backbone=dict(adapters=[dict(type='NeighborKV')]),
    texts=dict(type='RandomTemplateTexts', template='openvclip28'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        fusion='decision',
        regularizers=dict(distillation=dict(type='FeatureDistillationLoss')),
    ),
    trainable=['*'],
)
