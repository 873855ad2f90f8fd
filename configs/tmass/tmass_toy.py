"""T-MASS in the toy world.

What: X-Pool whose texts are balls.
Whose: T-MASS (CVPR 2024).
Run: vlprompt train configs/tmass/tmass_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../clip4clip/clip4clip_toy.py']

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='StochasticTextHead', num_frames=8, support_weight=0.8),
    trainable=[
        '*.transformer.*',
        '*.ln_post.*',
        '*.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.*',
    ],
)
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={
            'cls_head.logit_scale': dict(lr_mult=1),
            'cls_head': dict(lr_mult=3),
        }
    ),
)
