"""ST-Adapter: 12 adapters in a frozen ViT-B/16, a linear head."""

_base_ = ['clip_b16.py']

model = dict(
    backbone=dict(
        adapters=[dict(type='PreMLPSTAdapter', hidden=384)], project=False
    ),
    texts=None,
    text_encoder=None,
    pooler=dict(_delete_=True, type='MeanThenNormPooler'),
    cls_head=dict(
        _delete_=True,
        type='LinearHead',
        num_classes=400,
        std=0.02,
        average_clips='prob',
    ),
    trainable=['backbone.adapters.*', 'cls_head.*'],
)
