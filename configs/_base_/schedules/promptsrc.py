"""PromptSRC: SGD, an epoch at 1e-5, then 2.5e-3 and a cosine; 20, batch 4."""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=20, val_interval=5)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=2.5e-3, momentum=0.9, weight_decay=5e-4),
)
param_scheduler = [
    dict(type='ConstantLR', factor=4e-3, begin=0, end=1, by_epoch=True),
    dict(type='CosineAnnealingLR', begin=1, by_epoch=True),
]
auto_scale_lr = dict(enable=False, base_batch_size=4)
