"""ActionCLIP: 50 epochs, 5 of warm-up, cosine to 0, ten-fold for fusion."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=50, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=5e-6, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.2
    ),
    paramwise_cfg=dict(custom_keys={'pooler': dict(lr_mult=10.0)}),
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
auto_scale_lr = dict(enable=False, base_batch_size=128)
