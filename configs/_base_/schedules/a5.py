"""A5: AdamW at 1e-4, practically constant, batch 64.

Published: warm restarts every 200,000 steps, longer than a training.
"""

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=30, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-4, weight_decay=0.01),
)
param_scheduler = []
auto_scale_lr = dict(enable=False, base_batch_size=64)
