"""OST in the toy world.

What: everything but the word embeddings is fine-tuned; 8 frames are matched
with 4 sentences about how a class looks and 4 about what it does.
Whose: OST (CVPR 2024).
Run: python tools/train.py configs/ost/ost_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(
        _delete_=True,
        type='TwoLevelTexts',
        spatial='data/toy/descriptions_spatial.json',
        temporal='data/toy/descriptions_temporal.json',
    ),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='OptimalTransportHead',
        alignment=dict(type='SoftTargetKLLoss', loss_weight=2.0),
    ),
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
