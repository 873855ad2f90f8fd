"""CLIP4Clip: 5 epochs, batch 128, a thousand-fold rate for new modules.

AdamW in the place of BertAdam, which has no bias correction and clips the
gradient of each parameter as well.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=5, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=1e-7, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2
    ),
    clip_grad=dict(max_norm=1.0),
    paramwise_cfg=dict(
        bias_decay_mult=0.0,
        custom_keys={
            'pooler': dict(lr_mult=1000.0),
            'cls_head.logit_scale': dict(lr_mult=1.0),
            'cls_head': dict(lr_mult=1000.0),
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
auto_scale_lr = dict(enable=False, base_batch_size=128)
