"""Vanilla CLIP on Kinetics-400, 16 templates.

What: nothing is learnt: the mean of the probabilities of the templates.
Whose: CLIP (Radford et al., 2021), with ActionCLIP's way of testing.
Run: python tools/test.py configs/clip/clip_b16_k400_ensemble_prob.py none
Published: nothing with these templates.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

model = dict(texts=dict(template='actionclip16', ensemble='probability'))
test_dataloader = dict(
    dataset=dict(
        ann_file='data/kinetics400/val.txt',
        classes='kinetics400',
        data_prefix=dict(video='data/kinetics400'),
    )
)
