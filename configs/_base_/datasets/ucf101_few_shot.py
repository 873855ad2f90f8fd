"""UCF101, few shots of every class, 32 frames, one view."""

_base_ = ['../pipelines/segments32.py']

train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/ucf101/splits/train1_few_shot_16.txt',
        classes='ucf101',
        data_prefix=dict(video='data/ucf101/videos'),
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
        ann_file='data/ucf101/splits/val1.txt',
        classes='ucf101',
        data_prefix=dict(video='data/ucf101/videos'),
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
        ann_file='data/ucf101/splits/val1.txt',
        classes='ucf101',
        data_prefix=dict(video='data/ucf101/videos'),
        pipeline={{_base_.test_pipeline}},
        test_mode=True,
    ),
)
val_evaluator = dict(type='ScoredAccMetric')
test_evaluator = val_evaluator
