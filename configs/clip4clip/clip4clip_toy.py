"""CLIP4Clip (meanP) in the toy world.

What: both towers are fine-tuned on pairs of videos and texts.
Whose: CLIP4Clip (2021).
Run: python tools/train.py configs/clip4clip/clip4clip_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(type='BatchLabelTexts'),
    pooler=dict(type='UnitMeanPooler'),
    cls_head=dict(
        type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
    ),
    trainable=[
        '*.transformer.*',
        '*.ln_post.*',
        '*.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.logit_scale',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
