"""ZeroI2V with a linear head in the toy world.

What: of both heads one attends to the frame before and one to the frame
after; linear adapters in a frozen vision tower; a linear map to the 24 base
classes, nothing for others.
Whose: ZeroI2V (ECCV 2024).
Run: python tools/train.py configs/zeroi2v/zeroi2v_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        embeddings=[dict(type='TimeEmbedding', num_frames=8)],
        adapters=[dict(type='HeadShift'), dict(type='LinearAdapter')],
        project=False,
    ),
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
optim_wrapper = dict(optimizer=dict(lr=3e-3))
