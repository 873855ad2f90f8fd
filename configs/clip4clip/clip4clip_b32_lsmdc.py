"""CLIP4Clip (meanP) on LSMDC.

What: ViT-B/32, 12 frames; 5 epochs, batch 128; 123,540,993
trainable parameters.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: bash tools/dist_train.sh configs/clip4clip/clip4clip_b32_lsmdc.py 8
Published: 20.7 R@1, 38.9 R@5, 65.3 mean rank.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/lsmdc.py',
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
