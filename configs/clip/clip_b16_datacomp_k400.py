"""Vanilla CLIP on Kinetics-400: ViT-B-16, datacomp_xl_s13b_b90k.

What: nothing is learnt: the bare class name, mean over 32 frames, one view.
Whose: DataComp (2023).
Run: python tools/test.py configs/clip/clip_b16_datacomp_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(
    clip=dict(arch='ViT-B-16', pretrained='datacomp_xl_s13b_b90k'),
    texts=dict(template='{}'),
)
test_dataloader = dict(
    dataset=dict(
        ann_file='data/kinetics400/val.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
    )
)
