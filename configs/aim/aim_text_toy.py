"""AIM with class texts in the toy world.

What: temporal, spatial and joint adapters in a frozen vision tower.
Whose: AIM (ICLR 2023); the text head as in FROSTER.
Run: python tools/train.py configs/aim/aim_text_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        embeddings=[dict(type='TimeEmbedding', num_frames=8)],
        adapters=[dict(type='AIMAdapter')],
    ),
    cls_head=dict(label_smooth_eps=0.1),
    trainable=[
        'backbone.adapters.*',
        'backbone.embeddings.*',
        'backbone.visual.ln_post.*',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
