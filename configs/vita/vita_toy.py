"""Vita-CLIP in the toy world.

What: global, local and summary tokens, time embedding, 8 text prompts
shared by the classes; 8 frames.
Whose: Vita-CLIP (CVPR 2023).
Run: python tools/train.py configs/vita/vita_toy.py
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
        embeddings=[
            dict(
                type='TimeEmbedding', num_frames=8, std=0.02, resize='nearest'
            )
        ],
        adapters=[dict(type='VitaTokens', num_frames=8)],
    ),
    texts=dict(template='[8] {}.'),
    prompts=dict(
        type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
    ),
    trainable=[
        'backbone.adapters.*',
        'backbone.embeddings.*',
        'prompts.*',
        'cls_head.logit_scale',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=3e-3))
