"""TC-CLIP trained on Kinetics-400 for zero-shot tests.

What: 16 frames, two views; 10 epochs, batch 256; 127,479,561 trainable
parameters; the test set is HMDB-51, split 1.  What is tested is 0.7 of the
checkpoint and 0.3 of CLIP:
vlprompt interpolate configs/tc_clip/tc_clip_b16_k400_zs.py epoch_10.pth
--with-clip 0.3 --out tc_clip_wise.pth
Whose: TC-CLIP (ECCV 2024).
Run: bash tools/dist_train.sh configs/tc_clip/tc_clip_b16_k400_zs.py 8
Published: HMDB-51 54.2 +- 0.7, UCF-101 82.9 +- 0.6, K-600 75.8 +- 0.5 top-1
(TC-CLIP README).  Not measured here.
"""

_base_ = [
    '../_base_/models/tc_clip_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
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

train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=8e-6))
auto_scale_lr = dict(enable=False, base_batch_size=256)
