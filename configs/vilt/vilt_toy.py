"""ViLT-CLIP in the toy world.

What: 8 prompts in all 4 layers, text leads in 2; 8 frames, trained on the 24
base classes, tested on the 24 novel ones.
Whose: ViLT-CLIP (AAAI 2024).
Run: python tools/train.py configs/vilt/vilt_toy.py
Measured: docs/toy_world.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(template='[8] {}.', anchor_template='a video of a {}.'),
    prompts=dict(type='ViLTPrompts', depth=4, split=2),
    cls_head=dict(
        label_smooth_eps=0.1,
        regularizers=dict(
            scenario=dict(type='ScenarioCosineLoss', loss_weight=1.0)
        ),
    ),
    trainable=['prompts.*'],
)
