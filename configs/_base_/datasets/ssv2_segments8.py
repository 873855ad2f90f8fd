"""Something-Something v2, 8 frames, one view."""

_base_ = ['../pipelines/segments8.py']

train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/ssv2/train.txt',
        classes='ssv2',
        data_prefix=dict(video='data/ssv2/videos'),
        pipeline={{_base_.train_pipeline}},
    ),
)
val_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/ssv2/splits/validation.txt',
        classes='ssv2',
        data_prefix=dict(video='data/ssv2/videos'),
        pipeline={{_base_.val_pipeline}},
        test_mode=True,
    ),
)
test_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/ssv2/splits/validation.txt',
        classes='ssv2',
        data_prefix=dict(video='data/ssv2/videos'),
        pipeline={{_base_.test_pipeline}},
        test_mode=True,
    ),
)
val_evaluator = dict(type='ScoredAccMetric')
test_evaluator = val_evaluator
