"""FROSTER in the toy world.

What: Open-VCLIP's neighbours; both towers are fine-tuned and held near the
frozen CLIP through residual projectors; one of 28 templates for each step.
Whose: FROSTER (ICLR 2024), without its sentences about the classes.
Run: python tools/train.py configs/froster/froster_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(adapters=[dict(type='NeighborKV')]),
    texts=dict(type='RandomTemplateTexts', template='openvclip28'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        fusion='decision',
        regularizers=dict(distillation=dict(type='FeatureDistillationLoss')),
    ),
    trainable=[
        'backbone.*',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.*',
    ],
)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
