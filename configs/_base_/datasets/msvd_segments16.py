"""MSVD, some 40 captions for each video, 16 frames."""

_base_ = ['msrvtt9k_segments16.py']

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
