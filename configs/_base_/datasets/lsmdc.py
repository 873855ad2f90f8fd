"""LSMDC, a caption for each clip, 12 frames at most."""

_base_ = ['msrvtt9k.py']

train_dataloader = dict(
    dataset=dict(
        ann_file='data/lsmdc/train.json',
        data_prefix=dict(video='data/lsmdc/videos'),
    )
)
val_dataloader = dict(
    dataset=dict(
        ann_file='data/lsmdc/val.json',
        data_prefix=dict(video='data/lsmdc/videos'),
    )
)
test_dataloader = dict(
    dataset=dict(
        ann_file='data/lsmdc/test.json',
        data_prefix=dict(video='data/lsmdc/videos'),
    )
)
