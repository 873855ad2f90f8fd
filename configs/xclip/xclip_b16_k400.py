"""X-CLIP on Kinetics-400, 8 frames.

What: tested with 4 x 3 views; 131,501,056 trainable parameters.
Whose: X-CLIP (ECCV 2022).
Run: bash tools/dist_train.sh configs/xclip/xclip_b16_k400.py 8
Published: K-400 83.8 top-1, 95.7 top-5 with 8 frames, 4 x 3 views (X-CLIP
README).  Not measured here.
"""

_base_ = [
    '../_base_/models/xclip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments8.py',
    '../_base_/schedules/xclip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
