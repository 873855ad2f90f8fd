"""Vanilla CLIP on UCF101.

What: nothing is learnt: the bare class name, mean over 32 frames, one view.
Whose: CLIP (Radford et al., 2021), evaluated as in ViFi-CLIP (CVPR 2023).
Run: python tools/test.py configs/clip/clip_b16_ucf101.py none
Published: 63.2 +- 0.2 top-1 over three splits; 63.6 in the few-shot table.
Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/ucf101_few_shot.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='{}'))
