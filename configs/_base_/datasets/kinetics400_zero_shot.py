"""Kinetics-400, tested on HMDB-51, whose classes it has not trained."""

train_dataloader = dict(
    batch_size=32,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/kinetics400/train.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
    ),
)
val_dataloader = dict(
    batch_size=32,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/kinetics400/val.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
        test_mode=True,
    ),
)
test_dataloader = dict(
    batch_size=32,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/hmdb51/splits/val1.txt',
        classes='hmdb51',
        data_prefix=dict(video='data/hmdb51/videos'),
        test_mode=True,
    ),
)
val_evaluator = dict(type='CountedAccMetric')
test_evaluator = val_evaluator
