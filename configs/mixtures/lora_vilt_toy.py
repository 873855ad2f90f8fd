"""ViLT-CLIP's prompts over LoRA in the vision tower.

What: coupled prompts and the scenario loss, whose anchors want a frozen text
tower; rank 4 on q, k and v.
Whose: nobody: a mixture of registered parts.
Run: python tools/train.py configs/mixtures/lora_vilt_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../vilt/vilt_toy.py']

lora = dict(type='LoRA', rank=4, scale=0.5, matrices=['q', 'k', 'v'])

model = dict(
    backbone=dict(adapters=[lora]),
    trainable=['prompts.*', 'backbone.adapters.*'],
)
keys = dict(adapters=dict(lr_mult=0.25))
optim_wrapper = dict(paramwise_cfg=dict(custom_keys=keys))
