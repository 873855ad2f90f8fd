"""ViFi-CLIP in the toy world.

What: both towers are fine-tuned, mean over 8 frames.
Whose: ViFi-CLIP (CVPR 2023).
Run: python tools/train.py configs/vifi/vifi_toy.py
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
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.logit_scale',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
