"""Vanilla CLIP on Kinetics-400, 16 templates.

What: nothing is learned: the mean of the embeddings of ActionCLIP's templates.
Whose: CLIP (Radford et al., 2021), section 3.1.4, with ActionCLIP's templates.
Run: python tools/test.py configs/clip/clip_b16_k400_ensemble.py none
Published: nothing with these templates.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

model = dict(texts=dict(template='actionclip16'))
