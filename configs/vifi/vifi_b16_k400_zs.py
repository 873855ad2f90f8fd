"""ViFi-CLIP trained on Kinetics-400 for zero-shot tests.

What: 32 frames, one view; 10 epochs, batch 256; 124,323,841 trainable
parameters; the test set is HMDB-51, split 1.
Whose: ViFi-CLIP (CVPR 2023), Table 1.
Run: bash tools/dist_train.sh configs/vifi/vifi_b16_k400_zs.py 8
Published: HMDB-51 51.3 +- 0.6 top-1; UCF-101 76.8 +- 0.7 top-1; K-600 71.2 +-
1.0 top-1, 92.2 +- 0.3 top-5 (ViFi T1).  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=8e-6))
auto_scale_lr = dict(enable=False, base_batch_size=256)
