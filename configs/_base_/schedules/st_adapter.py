"""ST-Adapter: AdamW at 1e-3 for a batch of 256, 2 epochs of warm-up, cosine.

Biases do not decay.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=12, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=7.5e-4, betas=(0.9, 0.999), weight_decay=0.01
    ),
    paramwise_cfg=dict(bias_decay_mult=0.0),
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=2,
        min_ratio=0.0,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=192)
