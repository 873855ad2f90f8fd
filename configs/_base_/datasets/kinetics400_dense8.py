"""Kinetics-400, clips of 8 frames, tested with 4 x 3 views."""

_base_ = ['../pipelines/dense8.py']

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
        pipeline={{_base_.train_pipeline}},
    ),
)
val_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/kinetics400/val.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
        pipeline={{_base_.val_pipeline}},
        test_mode=True,
    ),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/kinetics400/val.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
        pipeline={{_base_.test_pipeline}},
        test_mode=True,
    ),
)
val_evaluator = dict(type='ScoredAccMetric')
test_evaluator = val_evaluator
