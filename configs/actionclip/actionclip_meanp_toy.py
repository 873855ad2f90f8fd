"""ActionCLIP (meanP) in the toy world.

What: everything is fine-tuned; videos against the texts of their batch.
Whose: ActionCLIP (2021).
Run: python tools/train.py configs/actionclip/actionclip_meanp_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['actionclip_toy.py']

model = dict(
    pooler=dict(_delete_=True, type='MeanPooler'),
)
