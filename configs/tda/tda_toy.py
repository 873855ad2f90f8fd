"""TDA in the toy world: nothing is trained.

What: the toy world's CLIP, and caches of the videos that were tested before,
in an order that is drawn with seed 1.
Whose: TDA (CVPR 2024).
Run: vlprompt test configs/tda/tda_toy.py none
Measured: nothing here; `vlprompt eval few-shot` compares it in any few-shot
table.
"""

_base_ = ['../clip/clip_toy.py']

model = dict(
    cls_head=dict(
        type='TestTimeCacheHead',
        positive=dict(size=3, alpha=3.0, beta=8.0),
        negative=dict(
            size=2, alpha=0.117, beta=1.0, entropy=(0.2, 0.5), mask=(0.03, 1.0)
        ),
    )
)
test_dataloader = dict(
    sampler=dict(type='DefaultSampler', shuffle=True, seed=1)
)
