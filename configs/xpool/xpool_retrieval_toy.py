"""X-Pool, captions and clips of the toy world.

What: each text pools the frames for itself.
Whose: X-Pool (CVPR 2022).
Run: vlprompt train configs/xpool/xpool_retrieval_toy.py
Measured: nothing yet.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy_captions.py',
    '../_base_/schedules/toy.py',
    '../_base_/retrieval_runtime.py',
]

model = dict(
    texts=dict(type='CaptionTexts', template='{}'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='TextPoolingHead',
        alignment=dict(type='SymmetricContrastiveLoss'),
    ),
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
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(
        custom_keys={
            'cls_head.logit_scale': dict(lr_mult=1),
            'cls_head': dict(lr_mult=3),
        }
    ),
)
train_cfg = dict(max_epochs=20, val_interval=10)
auto_scale_lr = dict(base_batch_size=32)  # as many captions to tell apart
