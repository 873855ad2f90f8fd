"""CLIP4Clip (meanP), captions and clips of the toy world.

What: both towers are fine-tuned on pairs of videos and captions.
Whose: CLIP4Clip (2021).
Run: python tools/train.py configs/clip4clip/clip4clip_retrieval_toy.py
Measured: docs/retrieval.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy_captions.py',
    '../_base_/schedules/toy.py',
    '../_base_/retrieval_runtime.py',
]

model = dict(
    texts=dict(type='CaptionTexts', template='{}'),
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
train_cfg = dict(max_epochs=20, val_interval=10)
auto_scale_lr = dict(base_batch_size=32)  # as many captions to tell apart
