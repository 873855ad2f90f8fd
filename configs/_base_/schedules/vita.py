"""Vita-CLIP: AdamW, cosine to 0 without warm-up, batch 256.

Published are 30,000 steps, which are 32 epochs of Kinetics-400.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=32, val_interval=4)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW',
        lr=4e-4,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.05,
    ),
)
param_scheduler = [
    dict(
        type='CosineAnnealingLR',
        eta_min=0,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=256)
