"""CLIP image-FT in the toy world.

What: the vision tower is fine-tuned, mean over 8 frames.
Whose: ViFi-CLIP (CVPR 2023).
Run: python tools/train.py configs/vifi/vifi_image_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    cls_head=dict(label_smooth_eps=0.1),
    trainable=[
        'backbone.*',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
