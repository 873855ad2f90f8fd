"""Vanilla CLIP on Kinetics-400, 16 templates.

What: nothing is learned: the mean of the probabilities of the templates.
Whose: CLIP (Radford et al., 2021), with ActionCLIP's way of testing.
Run: python tools/test.py configs/clip/clip_b16_k400_ensemble_prob.py none
Published: nothing with these templates.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

model = dict(texts=dict(template='actionclip16', ensemble='probability'))
