"""CLIP4Clip (tightTransf) in the toy world.

What: a transformer compares each text with the frames of each video.
Whose: CLIP4Clip (2021).
Run: python tools/train.py configs/clip4clip/clip4clip_tight_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['clip4clip_toy.py']

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='TightTransformerHead'),
    trainable=[
        '*.transformer.*',
        '*.ln_post.*',
        '*.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.positions',
        'cls_head.blocks.*',
        'cls_head.ln_pool.*',
        'cls_head.dense.*',
        'cls_head.score.*',
    ],
)
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(custom_keys={'cls_head': dict(lr_mult=12)}),
)
