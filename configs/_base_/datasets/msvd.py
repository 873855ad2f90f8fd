"""MSVD, some 40 captions for each video, 12 frames at most."""

_base_ = ['msrvtt9k.py']

train_dataloader = dict(
    dataset=dict(
        ann_file='data/msvd/train.json',
        data_prefix=dict(video='data/msvd/videos'),
    )
)
val_dataloader = dict(
    dataset=dict(
        ann_file='data/msvd/val.json',
        data_prefix=dict(video='data/msvd/videos'),
    )
)
test_dataloader = dict(
    dataset=dict(
        ann_file='data/msvd/test.json',
        data_prefix=dict(video='data/msvd/videos'),
    )
)
