"""A5 on Kinetics-400.

What: 16 prompts before and 16 behind the name, 2 temporal layers, 16 frames;
6,352,384 trainable parameters.
Whose: Ju et al. (ECCV 2022).  The depth of A5 and A6 is not certain.
Run: bash tools/dist_train.sh configs/a5/a5_b16_k400.py 8
Published: HMDB-51 44.3 +- 2.2 top-1; UCF-101 69.3 +- 4.2 top-1; K-600 55.8 +-
0.7 top-1, 81.4 +- 0.3 top-5 (ViFi T1).  Not measured here.
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
