"""The toy world: 8 frames of 48 pixels; trained and validated on base classes.

Made by tools/data/make_toy_world.py; tested on the novel classes.
"""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8, mode='random'),
    dict(type='VideoDecode'),
    dict(
        type='Resize',
        scale=(48, 48),
        keep_ratio=False,
        interpolation='area',
    ),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
val_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8),
    dict(type='VideoDecode'),
    dict(
        type='Resize',
        scale=(48, 48),
        keep_ratio=False,
        interpolation='area',
    ),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
test_pipeline = val_pipeline

train_dataloader = dict(
    batch_size=8,
    num_workers=2,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/toy/base_train.txt',
        classes='data/toy/base_labels.csv',
        data_prefix=dict(video='data/toy/videos'),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/toy/base_val.txt',
        classes='data/toy/base_labels.csv',
        data_prefix=dict(video='data/toy/videos'),
        pipeline=val_pipeline,
        test_mode=True,
    ),
)
test_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/toy/novel_val.txt',
        classes='data/toy/novel_labels.csv',
        data_prefix=dict(video='data/toy/videos'),
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
val_evaluator = dict(type='CountedAccMetric')
test_evaluator = val_evaluator
