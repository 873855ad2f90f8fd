"""AIM: adapters in a frozen ViT-B/16, a linear head, 8 frames."""

_base_ = ['clip_b16.py']

model = dict(
    backbone=dict(
        embeddings=[dict(type='TimeEmbedding', num_frames=8)],
        adapters=[dict(type='AIMAdapter')],
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
