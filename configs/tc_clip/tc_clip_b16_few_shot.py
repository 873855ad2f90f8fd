"""TC-CLIP, few shots of each class.

What: 16 frames, two views; 50 epochs, batch 64; 127,479,561 trainable
parameters.
Whose: TC-CLIP (ECCV 2024).
Run: vlprompt eval few-shot configs/tc_clip/tc_clip_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 57.3 / 62.3 / 67.3 / 68.6, UCF-101 85.9 / 89.9 / 92.5 /
94.6, SSv2 7.3 / 8.6 / 9.3 / 14.0 top-1 with 2 / 4 / 8 / 16 shots (TC-CLIP
README).  Not measured here.
"""

_base_ = [
    '../_base_/models/tc_clip_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments16_2views.py',
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

train_cfg = dict(max_epochs=50, val_interval=10)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
auto_scale_lr = dict(enable=False, base_batch_size=64)
