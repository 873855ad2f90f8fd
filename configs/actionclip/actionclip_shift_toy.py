"""ActionCLIP (Shift) in the toy world.

What: as actionclip_toy; channels shifted over time before each layer,
mean over the frames.
Whose: ActionCLIP (2021).
Run: python tools/train.py configs/actionclip/actionclip_shift_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['actionclip_toy.py']

model = dict(
    backbone=dict(adapters=[dict(type='TemporalShift')]),
    pooler=dict(_delete_=True, type='MeanPooler'),
)
optim_wrapper = dict(optimizer=dict(lr=4e-4))
