"""ST-Adapter with class texts in the toy world.

What: adapters with a convolution over time before attention and MLP of a
frozen vision tower.
Whose: ST-Adapter (NeurIPS 2022); the text head as in FROSTER.
Run: python tools/train.py configs/st_adapter/st_adapter_text_toy.py
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
        adapters=[
            dict(type='PreAttentionSTAdapter', hidden=64),
            # that of the last layer would never learn
            dict(type='PreMLPSTAdapter', hidden=64, layers=[0, 1, 2]),
        ]
    ),
    cls_head=dict(label_smooth_eps=0.1),
    trainable=['backbone.adapters.*'],
)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
