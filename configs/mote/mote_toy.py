"""MoTE in the toy world.

What: 2 blocks of 4 temporal experts over a fine-tuned vision tower, frozen
texts.
Whose: MoTE (NeurIPS 2024).
Run: python tools/train.py configs/mote/mote_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='MoTEHead',
        num_layers=2,
        num_positions=8,
        num_supervised=24,
        test_temperature=1.0,
    ),
    trainable=['backbone.visual.*', 'cls_head.*'],
)
optim_wrapper = dict(
    optimizer=dict(lr=2e-3),
    paramwise_cfg=dict(
        custom_keys={
            'backbone': dict(lr_mult=0.07),
            'logit_scale': dict(lr_mult=0.07),
        }
    ),
)
