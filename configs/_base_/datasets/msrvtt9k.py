"""MSR-VTT: 9k videos for training, 1k-A for tests.

There is no validation part: what is validated is the test.
``vlprompt eval retrieval`` puts the lists and videos of other data sets
(``vlprompt/datasets/catalog.py``) in their places.
"""

train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoCaptionDataset',
        ann_file='data/msrvtt/train_9k.json',
        data_prefix=dict(video='data/msrvtt/videos'),
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
        test_mode=True,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='VideoTextRetrievalMetric')
test_evaluator = val_evaluator
