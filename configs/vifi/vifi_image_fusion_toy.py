"""ViFi-CLIP with image-level fusion in the toy world.

What: both towers are fine-tuned; every frame is a labelled image.
Whose: ViFi-CLIP (CVPR 2023), section 4.3.
Run: python tools/train.py configs/vifi/vifi_image_fusion_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['vifi_toy.py']

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='FrameClassificationHead'),
)
