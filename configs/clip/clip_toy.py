"""Vanilla CLIP in the toy world: nothing is learned.

What: the toy world's CLIP of still pictures, mean over 8 frames.
Whose: CLIP (Radford et al., 2021).
Run: python tools/test.py configs/clip/clip_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/default_runtime.py',
]

train_dataloader = None
val_dataloader = None
val_evaluator = None
test_cfg = dict(type='TestLoop')
