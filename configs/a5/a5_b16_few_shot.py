"""A5, few shots of each class.

What: 32 frames (the published 16 give 6,352,384), one view; 6,360,576
trainable parameters.
Whose: Ju et al. (ECCV 2022).  The depth of A5 and A6 is not certain; the
numbers are as printed by ViFi-CLIP, Table 3.
Run: vlprompt eval few-shot configs/a5/a5_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 39.7 / 50.7 / 56.0 / 62.4, UCF-101 71.4 / 79.9 / 85.7 /
89.9, SSv2 4.4 / 5.1 / 6.1 / 9.7 top-1 with 2 / 4 / 8 / 16 shots (ViFi T3).
Not measured here.
"""

_base_ = [
    '../_base_/models/a5_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/a5.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(pooler=dict(num_positions=32))
