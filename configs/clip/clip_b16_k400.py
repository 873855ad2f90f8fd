"""Vanilla CLIP on Kinetics-400.

What: nothing is learnt: the bare class name, mean over 32 frames, one view.
Whose: CLIP (Radford et al., 2021), evaluated as in ViFi-CLIP (CVPR 2023).
Run: python tools/test.py configs/clip/clip_b16_k400.py none
Published: 40.10 top-1 in ViLT-CLIP, Table 6, with another protocol.  Not
measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='{}'))
test_dataloader = dict(
    dataset=dict(
        ann_file='data/kinetics400/val.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
    )
)
