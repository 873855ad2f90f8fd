"""Vanilla CLIP on HMDB-51.

What: nothing is learnt: the bare class name, mean over 32 frames, one view.
Whose: CLIP (Radford et al., 2021), evaluated as in ViFi-CLIP (CVPR 2023).
Run: python tools/test.py configs/clip/clip_b16_hmdb51.py none
Published: 40.8 +- 0.3 top-1 over three splits; 41.9 in the few-shot table.
Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='{}'))
