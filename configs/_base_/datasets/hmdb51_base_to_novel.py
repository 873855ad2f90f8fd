"""Base-to-novel lists: HMDB-51, the first of three draws.

Trained on 16 clips of each base class, validated on the base classes, tested
on the novel ones.  ``vlprompt eval base-to-novel`` puts the lists, classes and
videos of other data sets (``vlprompt/datasets/catalog.py``) in their places.
"""

train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/hmdb51/splits/base2novel/fs_base_s1_train.txt',
        classes='hmdb51_base',
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
        ann_file='data/hmdb51/splits/base2novel/base_val.txt',
        classes='hmdb51_base',
        data_prefix=dict(video='data/hmdb51/videos'),
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
        ann_file='data/hmdb51/splits/base2novel/novel_val.txt',
        classes='hmdb51_novel',
        data_prefix=dict(video='data/hmdb51/videos'),
        test_mode=True,
    ),
)
val_evaluator = dict(type='CountedAccMetric')
test_evaluator = val_evaluator
