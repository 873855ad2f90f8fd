"""Vanilla CLIP on Kinetics-400: ViT-B-16, datacomp_xl_s13b_b90k.

What: nothing is learned: the bare class name, mean over 32 frames, one view.
Whose: DataComp (2023).
Run: python tools/test.py configs/clip/clip_b16_datacomp_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

model = dict(clip=dict(arch='ViT-B-16', pretrained='datacomp_xl_s13b_b90k'))
