"""ST-Adapter in the toy world.

What: adapters with a convolution over time before attention and MLP of a
frozen vision tower; a linear map to the 24 base classes, nothing for others.
Whose: ST-Adapter (NeurIPS 2022).
Run: python tools/train.py configs/st_adapter/st_adapter_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['st_adapter_text_toy.py']

model = dict(
    backbone=dict(project=False),
    texts=None,
    text_encoder=None,
    pooler=dict(_delete_=True, type='MeanThenNormPooler'),
    cls_head=dict(
        _delete_=True,
        type='LinearHead',
        num_classes=24,
        std=0.02,
        average_clips='prob',
    ),
    trainable=['backbone.adapters.*', 'cls_head.*'],
)
test_dataloader = _base_.val_dataloader
