"""X-CLIP on Kinetics-400, 16 frames.

What: tested with 4 x 3 views; 131,505,152 trainable parameters.
Whose: X-CLIP (ECCV 2022).
Run: bash tools/dist_train.sh configs/xclip/xclip_b16_k400_16f.py 8
Published: K-400 84.7 top-1, 96.8 top-5 with 16 frames, 4 x 3 views (ViFi T4).
Not measured here.
"""

_base_ = [
    '../_base_/models/xclip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments16.py',
    '../_base_/schedules/xclip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(pooler=dict(num_positions=16))
