"""FROSTER without sentences, trained on Kinetics-400 for zero-shot tests.

What: class names in templates, 8 frames, tested with 3 clips; 22 epochs,
batch 64; 150,669,313 trainable parameters; the test set is HMDB-51, split 1.
What is published is of averaged.pth.
Whose: FROSTER (ICLR 2024); the numbers are of Open-MeDe (ICCV 2025).
Run: bash tools/dist_train.sh configs/froster/froster_b16_k400_zs_names.py 8
Published: HMDB-51 53.4, UCF-101 82.9, K-600 71.1 top-1 (Open-MeDe).  Not
measured here.
"""

_base_ = [
    '../_base_/models/froster_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/pipelines/openvclip8.py',
    '../_base_/schedules/openvclip.py',
    '../_base_/swa_runtime.py',
]

train_dataloader = dict(
    batch_size=8, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
