"""DiDeMo: a paragraph for each video."""

train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoCaptionDataset',
        ann_file='data/didemo/train.json',
        data_prefix=dict(video='data/didemo/videos'),
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
        test_mode=True,
    ),
)
val_evaluator = dict(type='VideoTextRetrievalMetric')
test_evaluator = val_evaluator
