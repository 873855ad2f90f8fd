"""CLIP4Clip (meanP) on MSR-VTT 7k.

What: ViT-B/32, 12 frames; 5 epochs, batch 128; 123,540,993
trainable parameters.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: bash tools/dist_train.sh configs/clip4clip/clip4clip_b32_msrvtt7k.py 8
Published: nothing that was at hand.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/msrvtt7k.py',
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
