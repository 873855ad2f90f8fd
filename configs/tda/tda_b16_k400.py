"""TDA on Kinetics-400, and on any other data set: nothing is trained.

What: vanilla CLIP, and caches of the videos that were tested before; bare
class names, 32 frames, one view, in one process.  The order of the videos
counts: it is drawn with seed 1.
Whose: TDA (CVPR 2024): 3 videos of each class (alpha 3, beta 8), and 2 of
middling entropy (alpha 0.117, beta 1, entropy .2 to .5, mask .03 to 1).
Run: vlprompt test configs/tda/tda_b16_k400.py none
Other data sets: vlprompt eval zero-shot configs/tda/tda_b16_k400.py none
--datasets hmdb51 ucf101
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['../clip/clip_b16_k400.py']

model = dict(
    cls_head=dict(
        type='TestTimeCacheHead',
        temperature=0.01,
        positive=dict(size=3, alpha=3.0, beta=8.0),
        negative=dict(
            size=2, alpha=0.117, beta=1.0, entropy=(0.2, 0.5), mask=(0.03, 1.0)
        ),
    )
)
test_dataloader = dict(
    sampler=dict(type='DefaultSampler', shuffle=True, seed=1)
)
