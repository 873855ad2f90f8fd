"""Kinetics-400, base to novel, 32 frames.

Trained with 16 shots of the base classes, validated on these, tested on
the novel ones.
"""

_base_ = ['../pipelines/segments32.py']

train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='VideoClassDataset',
        ann_file='data/kinetics400/splits/base2novel/fs_base_s1_train.txt',
        classes='kinetics400_base',
        data_prefix=dict(video='data/kinetics400'),
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
        ann_file='data/kinetics400/splits/base2novel/base_val.txt',
        classes='kinetics400_base',
        data_prefix=dict(video='data/kinetics400'),
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
        ann_file='data/kinetics400/splits/base2novel/novel_val.txt',
        classes='kinetics400_novel',
        data_prefix=dict(video='data/kinetics400'),
        pipeline={{_base_.test_pipeline}},
        test_mode=True,
    ),
)
val_evaluator = dict(type='ScoredAccMetric')
test_evaluator = val_evaluator
