"""ViFi-CLIP with averaged weights in the toy world.

What: both towers are fine-tuned; then the mean of epochs 2 to 8 and
pretrained CLIP, half each, is averaged.pth in the work folder.
Whose: ViFi-CLIP (CVPR 2023) with the averaging of Open-VCLIP (ICML 2023).
Run: python tools/train.py configs/vifi/vifi_swa_toy.py
Measured: docs/use/interpolate.md.
"""

_base_ = ['vifi_toy.py']

default_hooks = dict(average=dict(type='EpochAverageHook', with_clip=0.5))
