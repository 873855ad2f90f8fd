"""CLIP4Clip (seqTransf) in the toy world.

What: blocks over the frames that start from the text tower, then their mean.
Whose: CLIP4Clip (2021).
Run: python tools/train.py configs/clip4clip/clip4clip_transf_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['clip4clip_toy.py']

model = dict(
    pooler=dict(
        type='TransformerPooler',
        eps=1e-12,
        num_layers=4,
        init='text',
        reduce=dict(type='UnitMeanPooler'),
    ),
    trainable=[
        '*.transformer.*',
        '*.ln_post.*',
        '*.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.logit_scale',
        'pooler.*',
    ],
)
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(custom_keys={'pooler': dict(lr_mult=10)}),
)
