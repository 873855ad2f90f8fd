"""The toy world's budget, the same for every method: 8 epochs, batch 8."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=8, val_interval=4)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=8e-3, betas=(0.9, 0.98), eps=1e-8, weight_decay=1e-3
    ),
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=2,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=8)
