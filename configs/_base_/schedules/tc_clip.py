"""TC-CLIP: ViFi-CLIP's schedule, ten-fold for prompts and their generator."""

_base_ = ['adamw_warmup_cosine.py']

optim_wrapper = dict(
    optimizer=dict(lr=2.2e-5),
    paramwise_cfg=dict(
        custom_keys={
            'prompts': dict(lr_mult=10.0),
            'conditioner': dict(lr_mult=10.0),
        },
    ),
)
auto_scale_lr = dict(enable=False, base_batch_size=512)
