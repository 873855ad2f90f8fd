"""Vanilla CLIP on Something-Something v2.

What: nothing is learnt: the bare class name, mean over 32 frames, one view.
Whose: CLIP (Radford et al., 2021), evaluated as in ViFi-CLIP (CVPR 2023).
Run: python tools/test.py configs/clip/clip_b16_ssv2.py none
Published: 2.7 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/ssv2_few_shot.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='{}'))
