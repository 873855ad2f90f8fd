"""Vita-CLIP: AdamW, 30,000 steps of cosine to 0, no warm-up, batch 256."""

train_cfg = dict(type='IterBasedTrainLoop', max_iters=30000, val_interval=5000)
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
    dict(type='CosineAnnealingLR', T_max=30000, eta_min=0, by_epoch=False)
]
auto_scale_lr = dict(enable=False, base_batch_size=256)
