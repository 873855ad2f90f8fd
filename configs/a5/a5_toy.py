"""A5 in the toy world.

What: prompts before and behind the name, 2 blocks over 8 frozen frames.
Whose: Ju et al. (ECCV 2022).
Run: python tools/train.py configs/a5/a5_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(type='SampledClassTexts', template='[8] {} [8]'),
    prompts=dict(type='PromptLearner', text=dict(type='PositionPrompts')),
    pooler=dict(
        type='TransformerPooler',
        num_layers=2,
        num_positions=8,
        residual=False,
        init='torch',
        position_std=0.01,
    ),
    cls_head=dict(temperature=0.07),
    trainable=[
        'prompts.*',
        'pooler.*',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
