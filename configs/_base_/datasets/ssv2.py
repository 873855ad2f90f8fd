"""Something-Something v2: all classes, trained, validated and tested."""

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
        test_mode=True,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='CountedAccMetric')
test_evaluator = val_evaluator
