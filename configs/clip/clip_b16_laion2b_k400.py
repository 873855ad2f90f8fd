"""Vanilla CLIP on Kinetics-400: ViT-B-16, laion2b_s34b_b88k.

What: nothing is learned: the bare class name, mean over 32 frames, one view.
Whose: open_clip, LAION-2B.
Run: python tools/test.py configs/clip/clip_b16_laion2b_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

model = dict(clip=dict(arch='ViT-B-16', pretrained='laion2b_s34b_b88k'))
