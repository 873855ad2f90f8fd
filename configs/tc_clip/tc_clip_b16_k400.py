"""TC-CLIP, fully supervised on Kinetics-400.

What: 16 frames, tested with 4 x 3 views; 30 epochs, batch 512; 127,479,561
trainable parameters.
Whose: TC-CLIP (ECCV 2024).
Run: bash tools/dist_train.sh configs/tc_clip/tc_clip_b16_k400.py 8
Published: K-400 85.2 top-1, 96.9 top-5 with 16 frames, 4 x 3 views (TC-CLIP
README).  Not measured here.
"""

_base_ = [
    '../_base_/models/tc_clip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments16.py',
    '../_base_/schedules/tc_clip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    dataset=dict(pipeline=_base_.train_pipeline, text_clean='capitals')
)
val_dataloader = dict(
    dataset=dict(pipeline=_base_.val_pipeline, text_clean='capitals')
)
test_dataloader = dict(
    dataset=dict(pipeline=_base_.test_pipeline, text_clean='capitals')
)

optim_wrapper = dict(accumulative_counts=2)
