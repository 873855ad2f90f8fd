"""ActionCLIP (Conv_1D) in the toy world.

What: as actionclip_toy with another pooler.
Whose: ActionCLIP (2021).
Run: python tools/train.py configs/actionclip/actionclip_conv1d_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['actionclip_toy.py']

model = dict(
    pooler=dict(_delete_=True, type='Conv1dPooler'),
)
