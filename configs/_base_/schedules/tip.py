"""Tip-Adapter: a cache of 10 augmented views; Tip-Adapter-F has 20 epochs."""

train_cfg = dict(type='CacheLoop', max_epochs=1, cache_views=10)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-3, eps=1e-4, weight_decay=1e-2),
)
param_scheduler = []
auto_scale_lr = dict(enable=False, base_batch_size=256)
