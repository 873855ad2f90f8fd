"""Few-shot lists: HMDB-51, 16 clips of each class.

``vlprompt eval few-shot`` puts the lists, classes and videos of other data
sets (``vlprompt/datasets/catalog.py``) in their places.
"""

train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/hmdb51/splits/train1_few_shot_16.txt',
        classes='hmdb51',
        data_prefix=dict(video='data/hmdb51/videos'),
    ),
)
val_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/hmdb51/splits/val1.txt',
        classes='hmdb51',
        data_prefix=dict(video='data/hmdb51/videos'),
        test_mode=True,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='CountedAccMetric')
test_evaluator = val_evaluator
