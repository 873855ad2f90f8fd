"""DiDeMo, a paragraph for each video, 64 frames at most.

Of seconds 0 to 31, as CLIP4Clip reads them.
"""

train_pipeline = [
    dict(type='DecordInit'),
    dict(type='FirstSeconds', seconds=32),
    dict(type='SecondsSample', max_frames=64),
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
    dict(type='FirstSeconds', seconds=32),
    dict(type='SecondsSample', max_frames=64),
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
        ann_file='data/didemo/train.json',
        data_prefix=dict(video='data/didemo/videos'),
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
        ann_file='data/didemo/val.json',
        data_prefix=dict(video='data/didemo/videos'),
        pipeline=val_pipeline,
        test_mode=True,
    ),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoCaptionDataset',
        ann_file='data/didemo/test.json',
        data_prefix=dict(video='data/didemo/videos'),
        pipeline=val_pipeline,
        test_mode=True,
    ),
)
val_evaluator = dict(type='VideoTextRetrievalMetric')
test_evaluator = val_evaluator
