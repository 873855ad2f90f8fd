"""MaPLe for video in the toy world.

What: 2 text prompts in the first 3 of 4 layers, one map to vision for each.
Whose: MaPLe (CVPR 2023), with the mean over 8 frames.
Run: python tools/train.py configs/maple/maple_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(template='[a video] {}.'),
    prompts=dict(
        type='ViLTPrompts', depth=3, coupling='text2vision', shared=False
    ),
    cls_head=dict(label_smooth_eps=0.1),
    trainable=[
        'prompts.*',
    ],
)
