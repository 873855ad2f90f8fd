"""Open-VCLIP: AdamW at 3.33e-6, 22 epochs, warm-up of 2, cosine, batch 64.

Vectors are not decayed; the logit scale, which is none, is.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=22, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=3.33e-6, betas=(0.9, 0.999), weight_decay=0.01
    ),
    clip_grad=dict(max_norm=1.0),
    paramwise_cfg=dict(flat_decay_mult=0.0),
)
param_scheduler = [
    dict(
        type='LinearLR',
        start_factor=0.01,
        begin=0,
        end=2,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
    dict(
        type='CosineAnnealingLR',
        begin=2,
        eta_min=3.33e-8,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
auto_scale_lr = dict(enable=False, base_batch_size=64)
