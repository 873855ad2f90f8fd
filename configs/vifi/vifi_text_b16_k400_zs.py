"""CLIP text-FT trained on Kinetics-400 for zero-shot tests.

What: 32 frames, one view; 10 epochs, batch 256; 38,131,200 trainable
parameters; the test set is HMDB-51, split 1.
Whose: ViFi-CLIP (CVPR 2023), Table 1.
Run: bash tools/dist_train.sh configs/vifi/vifi_text_b16_k400_zs.py 8
Published: HMDB-51 48.5 +- 0.1 top-1; UCF-101 69.8 +- 1.1 top-1; K-600 68.5 +-
1.2 top-1, 89.6 +- 0.3 top-5 (ViFi T1).  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_text_b16.py',
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
