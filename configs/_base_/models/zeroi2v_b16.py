"""ZeroI2V: linear adapters and shifted heads, a linear head, 16 frames."""

_base_ = ['clip_b16.py']

model = dict(
    backbone=dict(
        embeddings=[dict(type='TimeEmbedding', num_frames=16)],
        adapters=[dict(type='HeadShift'), dict(type='LinearAdapter')],
        project=False,
    ),
    texts=None,
    text_encoder=None,
    cls_head=dict(
        _delete_=True,
        type='LinearHead',
        num_classes=400,
        average_clips='prob',
    ),
    trainable=[
        'backbone.embeddings.*',
        'backbone.adapters.*',
        'backbone.visual.ln_post.*',
        'cls_head.*',
    ],
)
