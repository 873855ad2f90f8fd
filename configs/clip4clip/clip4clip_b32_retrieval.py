"""CLIP4Clip (meanP) on MSR-VTT 9k.

What: ViT-B/32, 12 frames; 5 epochs, batch 128; 123,540,993
trainable parameters.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: bash tools/dist_train.sh configs/clip4clip/clip4clip_b32_msrvtt9k.py 8
Published: 43.1 R@1, 70.4 R@5, 16.2 mean rank.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/msrvtt9k.py',
    '../_base_/pipelines/seconds12.py',
    '../_base_/schedules/clip4clip.py',
    '../_base_/clip4clip_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
