"""Token-wise interaction, captions and clips of the toy world.

What: words and frames look for their best match.
Whose: DRL (2022).
Run: vlprompt train configs/wti/wti_retrieval_toy.py
Measured: nothing yet.
"""

_base_ = ['../clip4clip/clip4clip_retrieval_toy.py']

model = dict(
    text_encoder=dict(all_tokens='longest'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='TokenInteractionHead'),
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
            'cls_head': dict(lr_mult=10),
        }
    ),
)
