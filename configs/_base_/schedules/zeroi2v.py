"""ZeroI2V: AdamW at 3e-4, 40 epochs, warm-up of 2.5, cosine to 0, batch 64.

As published, the cosine begins with the warm-up and falls once an epoch.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=40, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=3e-4, betas=(0.9, 0.999), weight_decay=0.05
    ),
    paramwise_cfg=dict(
        custom_keys={
            'embeddings': dict(decay_mult=0.0),
            'ln_post': dict(decay_mult=0.0),
        },
    ),
)
param_scheduler = [
    dict(
        type='LinearLR',
        start_factor=0.1,
        begin=0,
        end=2.5,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
    dict(type='CosineAnnealingLR', eta_min=0, by_epoch=True),
]
auto_scale_lr = dict(enable=False, base_batch_size=64)
