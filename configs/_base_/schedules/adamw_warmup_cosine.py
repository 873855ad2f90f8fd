"""ViFi-CLIP's schedule: AdamW, 5 epochs of warm-up, cosine to LR / 100.

The cosine ends with ``max_epochs``.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=30, val_interval=1)
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
        warmup=5,
        min_ratio=0.01,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
