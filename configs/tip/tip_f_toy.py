"""Tip-Adapter-F in the toy world: the keys of the cache are learned.

What: Tip-Adapter, whose keys learn for 20 epochs.
Whose: Tip-Adapter (ECCV 2022).
Run: vlprompt train configs/tip/tip_f_toy.py
Measured: nothing here; `vlprompt eval few-shot` compares it in any few-shot
table.
"""

_base_ = ['tip_toy.py']

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
