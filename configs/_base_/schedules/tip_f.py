"""Tip-Adapter-F: the keys learn for 20 epochs, AdamW at 1e-3, cosine."""

_base_ = ['tip.py']

train_cfg = dict(type='CacheTrainLoop', max_epochs=20, val_interval=20)
param_scheduler = [
    dict(
        type='CosineAnnealingLR',
        T_max=20,
        eta_min=0,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
