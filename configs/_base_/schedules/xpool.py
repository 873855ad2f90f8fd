"""X-Pool: 5 epochs, batch 32, a 30-fold rate for what is new.

All parameters are decayed.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=5, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-6, weight_decay=0.2),
    clip_grad=dict(max_norm=1.0),
    paramwise_cfg=dict(
        custom_keys={
            'cls_head.logit_scale': dict(lr_mult=1.0),
            'cls_head': dict(lr_mult=30.0),
        },
    ),
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=0.5,
        min_ratio=0.0,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=32)
