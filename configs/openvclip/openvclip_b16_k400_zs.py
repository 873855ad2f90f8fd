"""Open-VCLIP trained on Kinetics-400 for zero-shot tests.

What: 8 frames, tested with 3 clips; 22 epochs, batch 64; 86,192,641 trainable
parameters; the test set is HMDB-51, split 1.  What is published is of
averaged.pth, half of it CLIP.
Whose: Open-VCLIP (ICML 2023).
Run: bash tools/dist_train.sh configs/openvclip/openvclip_b16_k400_zs.py 8
Published: HMDB-51 53.9 +- 1.2, UCF-101 83.4 +- 1.2, K-600 73.0 +- 0.8 top-1
(FROSTER).  Not measured here.
"""

_base_ = [
    '../_base_/models/openvclip_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/pipelines/openvclip8.py',
    '../_base_/schedules/openvclip.py',
    '../_base_/openvclip_runtime.py',
]

train_dataloader = dict(
    batch_size=8, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
