"""X-CLIP: 30 epochs, 5 of warm-up, ten-fold for what is new, batch 256."""

_base_ = ['adamw_warmup_cosine.py']

optim_wrapper = dict(
    optimizer=dict(lr=8e-6),
    paramwise_cfg=dict(
        flat_decay_mult=0.0,
        custom_keys={
            'visual.positional_embedding': dict(decay_mult=0.0),
            'pooler.positions': dict(lr_mult=10.0, decay_mult=0.0),
            'adapters': dict(lr_mult=10.0),
            'pooler': dict(lr_mult=10.0),
            'conditioner': dict(lr_mult=10.0),
        },
    ),
)
auto_scale_lr = dict(enable=False, base_batch_size=256)
