"""X-CLIP in the toy world.

What: message tokens, multi-frame integration, video-specific prompts; the
vision tower is fine-tuned, the text tower frozen.
Whose: X-CLIP (ECCV 2022).
Run: python tools/train.py configs/xclip/xclip_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(adapters=[dict(type='MessageToken')], patch_tokens=True),
    pooler=dict(type='TransformerPooler', num_layers=1, num_positions=8),
    conditioner=dict(type='VideoSpecificPrompts'),
    cls_head=dict(label_smooth_eps=0.1),
    trainable=[
        'backbone.*',
        'pooler.*',
        'conditioner.*',
    ],
)
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(
        custom_keys={
            'adapters': dict(lr_mult=30),
            'pooler': dict(lr_mult=50),
            'conditioner': dict(lr_mult=10),
        }
    ),
)
