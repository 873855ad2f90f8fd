"""ViLT-CLIP trained on Kinetics-400 for zero-shot tests.

What: as vilt_b16_k400, with 32 frames, 10 epochs and one view; the test set
is HMDB-51, split 1, with its own class names.
Whose: ViLT-CLIP (AAAI 2024), Table 3; epochs and batch are ViFi-CLIP's.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_k400_zs.py 8
Published: HMDB-51 45.3 +- 0.9, UCF-101 73.6 +- 1.1 top-1 (ViLT T3).  Not
measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=10)
auto_scale_lr = dict(enable=False, base_batch_size=256)
