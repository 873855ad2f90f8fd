"""CLIP4Clip (tightTransf) in the toy world.

What: a transformer compares each text with the frames of each video.
Whose: CLIP4Clip (2021).
Run: python tools/train.py configs/clip4clip/clip4clip_tight_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['clip4clip_toy.py']

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='TightTransformerHead'),
    trainable=['*'],
)
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(custom_keys={'cls_head': dict(lr_mult=10)}),
)
