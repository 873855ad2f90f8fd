"""X-CLIP trained on Kinetics-400 for zero-shot tests.

What: 32 frames, one view, 10 epochs; 131,513,344 trainable parameters; the
test set is HMDB-51, split 1.
Whose: X-CLIP (ECCV 2022).
Run: bash tools/dist_train.sh configs/xclip/xclip_b16_k400_zs.py 8
Published: HMDB-51 44.6 +- 5.2 top-1; UCF-101 72.0 +- 2.3 top-1; K-600 65.2 +-
0.4 top-1, 86.1 +- 0.8 top-5 (ViFi T1).  Not measured here.
"""

_base_ = [
    '../_base_/models/xclip_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/xclip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(pooler=dict(num_positions=32))
train_cfg = dict(max_epochs=10)
