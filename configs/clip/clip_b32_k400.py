"""Vanilla CLIP on Kinetics-400: ViT-B-32-quickgelu, openai.

What: nothing is learned: the bare class name, mean over 32 frames, one view.
Whose: CLIP (Radford et al., 2021).
Run: python tools/test.py configs/clip/clip_b32_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

model = dict(clip=dict(arch='ViT-B-32-quickgelu', pretrained='openai'))
