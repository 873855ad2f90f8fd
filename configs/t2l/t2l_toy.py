"""T2L in the toy world.

What: temporal tokens in a frozen vision tower, bottlenecks in both towers,
the motion loss; class names in place of sentences.
Whose: T2L (TMLR 2025).
Run: python tools/train.py configs/t2l/t2l_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

inside = [
    dict(type='BottleneckAdapter'),
    dict(type='TokenDropPath', rate=0.1),
]

model = dict(
    backbone=dict(
        adapters=[dict(type='TemporalToken', num_frames=8), *inside]
    ),
    text_encoder=dict(adapters=inside),
    texts=dict(type='BatchLabelTexts'),
    cls_head=dict(
        type='ContrastiveHead',
        alignment=dict(type='SoftTargetKLLoss'),
        regularizers=dict(motion=dict(type='MotionLoss')),
        test_temperature=0.01,
    ),
    trainable=['backbone.adapters.*', 'text_encoder.adapters.*'],
)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
