"""A6 on Kinetics-400.

What: as A5 with 3 temporal layers; 9,504,768 trainable parameters.
Whose: Ju et al. (ECCV 2022).  The depth of A5 and A6 is not certain.
Run: bash tools/dist_train.sh configs/a5/a6_b16_k400.py 8
Published: K-400 76.9 top-1, 93.5 top-5 with 16 frames (ViFi T4).  Not measured
here.
"""

_base_ = [
    '../_base_/models/a5_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments16.py',
    '../_base_/schedules/a5.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(pooler=dict(num_layers=3))
