"""AIM with a linear head in the toy world.

What: temporal, spatial and joint adapters in a frozen vision tower; a linear
map to the 24 base classes, nothing for others.
Whose: AIM (ICLR 2023).
Run: python tools/train.py configs/aim/aim_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['aim_text_toy.py']

model = dict(
    backbone=dict(project=False),
    texts=None,
    text_encoder=None,
    cls_head=dict(
        _delete_=True, type='LinearHead', num_classes=24, average_clips='prob'
    ),
    trainable=[
        'backbone.adapters.*',
        'backbone.embeddings.*',
        'backbone.visual.ln_post.*',
        'cls_head.*',
    ],
)
test_dataloader = _base_.val_dataloader
