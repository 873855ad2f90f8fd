"""Vita-CLIP, fully supervised on Kinetics-400.

What: 8 frames, stride 16; global, local and summary tokens, time embedding,
8 text prompts for each class; 37,245,953 trainable parameters.
Whose: Vita-CLIP (CVPR 2023); the released script, with ``cls_proj`` trained.
Run: bash tools/dist_train.sh configs/vita/vita_b16_k400.py 8
Published: 81.8 top-1, 96.0 top-5 with 4 x 3 views (39 M parameters, 16
prompts).  Not measured here.
"""

_base_ = [
    '../_base_/models/vita_b16.py',
    '../_base_/datasets/kinetics400_dense8.py',
    '../_base_/schedules/vita.py',
    '../_base_/default_runtime.py',
]
