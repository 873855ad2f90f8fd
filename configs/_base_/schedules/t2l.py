"""T2L: AdamW at 1e-4, 150 epochs, 5 of warm-up, cosine to 0, batch 80."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=150, val_interval=10)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=1e-4, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.2
    ),
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=5,
        min_ratio=0.0,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=80)
