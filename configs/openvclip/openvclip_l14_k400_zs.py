"""Open-VCLIP with ViT-L/14, trained on Kinetics-400 for zero-shot tests.

What: 8 frames, tested with 3 clips; 22 epochs, batch 64; 303,966,209 trainable
parameters; the test set is HMDB-51, split 1.  What is published is of
averaged.pth, 0.6 of it CLIP.
Whose: Open-VCLIP (ICML 2023), its extended version (TPAMI 2024).
Run: bash tools/dist_train.sh configs/openvclip/openvclip_l14_k400_zs.py 8
Published: HMDB-51 58.7, UCF-101 88.1, K-600 81.2 top-1 (Open-VCLIP README).
Not measured here.
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

model = dict(clip=dict(arch='ViT-L-14-quickgelu'))
default_hooks = dict(average=dict(with_clip=0.6))
