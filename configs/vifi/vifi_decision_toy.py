"""ViFi-CLIP with decision-level fusion in the toy world.

What: both towers are fine-tuned; mean of the logits of 8 frames.
Whose: ViFi-CLIP (CVPR 2023), section 4.3.
Run: python tools/train.py configs/vifi/vifi_decision_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['vifi_toy.py']

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(fusion='decision'),
)
