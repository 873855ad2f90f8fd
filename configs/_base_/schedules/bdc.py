"""BDC-CLIP: 10 epochs, batch 256, what is new learns 100 and 50 times faster.

Everything is decayed, and so is each rate, to its hundredth.
"""

_base_ = ['adamw_warmup_cosine.py']

train_cfg = dict(max_epochs=10)
optim_wrapper = dict(
    optimizer=dict(lr=4e-6, eps=1e-6),
    paramwise_cfg=dict(
        custom_keys={
            'token_pooler': dict(lr_mult=100.0),
            'cls_head.members.linear': dict(lr_mult=50.0),
        },
    ),
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=0,
        min_ratio=0.01,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=256)
