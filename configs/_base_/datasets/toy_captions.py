"""The toy world's captions: two sentences for each clip, 8 frames."""

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
    dict(
        type='PackActionInputs', meta_keys=('filename', 'sample_idx', 'text')
    ),
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
    dict(
        type='PackActionInputs', meta_keys=('filename', 'sample_idx', 'text')
    ),
]

train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoCaptionDataset',
        ann_file='data/toy/captions_train.json',
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
        type='VideoCaptionDataset',
        ann_file='data/toy/captions_val.json',
        data_prefix=dict(video='data/toy/videos'),
        pipeline=val_pipeline,
        test_mode=True,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='VideoTextRetrievalMetric')
test_evaluator = val_evaluator
