"""VL prompting in the toy world.

What: 8 independent prompts in all 4 layers of both towers, from plain CLIP.
Whose: ViFi-CLIP (CVPR 2023), section 5.
Run: python tools/train.py configs/vifi/vifi_vlp_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(template='[8] {}.'),
    prompts=dict(type='PromptLearner', text=dict(), visual=dict()),
    cls_head=dict(label_smooth_eps=0.1),
    trainable=[
        'prompts.*',
    ],
)
