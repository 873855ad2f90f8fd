"""MSR-VTT, 9k videos for training and 1k-A for tests, 12 frames at most."""

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='SecondsSample', max_frames=12),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 224), interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs',
        meta_keys=('filename', 'sample_idx', 'text', 'num_valid_frames'),
    ),
]
val_pipeline = [
    dict(type='DecordInit'),
    dict(type='SecondsSample', max_frames=12),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(-1, 224), interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs',
        meta_keys=('filename', 'sample_idx', 'text', 'num_valid_frames'),
    ),
]

train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoCaptionDataset',
        ann_file='data/msrvtt/train_9k.json',
        data_prefix=dict(video='data/msrvtt/videos'),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoCaptionDataset',
        ann_file='data/msrvtt/test_JSFUSION.json',
        data_prefix=dict(video='data/msrvtt/videos'),
        pipeline=val_pipeline,
        test_mode=True,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='VideoTextRetrievalMetric')
test_evaluator = val_evaluator
