"""Vita-CLIP, fully supervised on Kinetics-400.

What: 8 frames, stride 16; global, local and summary tokens, time embedding,
8 text prompts for each class; 37,245,953 trainable parameters.
Whose: Vita-CLIP (CVPR 2023); the released script, with ``cls_proj`` trained.
The published number is of 39 M parameters and 16 text prompts.
Run: bash tools/dist_train.sh configs/vita/vita_b16_k400.py 8
Published: K-400 81.8 top-1, 96.0 top-5 with 8 frames, 4 x 3 views
(MHoS-Adapter README).  Not measured here.
"""

_base_ = [
    '../_base_/models/vita_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/dense8.py',
    '../_base_/schedules/vita.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
