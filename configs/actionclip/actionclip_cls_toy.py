"""ActionCLIP (Transf_cls) in the toy world.

What: as actionclip_toy with another pooler.
Whose: ActionCLIP (2021).
Run: python tools/train.py configs/actionclip/actionclip_cls_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['actionclip_toy.py']

model = dict(
    pooler=dict(
        _delete_=True,
        type='ClassTokenPooler',
        num_layers=2,
        num_positions=8,
    ),
)
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={'pooler': dict(lr_mult=10)}),
)
