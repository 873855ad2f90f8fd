"""CLIP4Clip (meanP) on MSVD.

What: ViT-B/32, 12 frames; 5 epochs, batch 128; 123,540,993
trainable parameters.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: bash tools/dist_train.sh configs/clip4clip/clip4clip_b32_msvd.py 8
Published: 46.2 R@1, 76.1 R@5, 10.0 mean rank.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/msvd.py',
    '../_base_/schedules/clip4clip.py',
    '../_base_/retrieval_runtime.py',
]

custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='BrokenVideosHook'),
    dict(type='ListCheckHook'),
    dict(type='RetrievalHook'),
    dict(type='ClampLogitScaleHook'),
]
default_hooks = dict(checkpoint=dict(save_best='t2v/R1', rule='greater'))
