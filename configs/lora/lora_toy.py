"""LoRA in the toy world.

What: rank 4 on q, k and v of all layers of both towers; `vlprompt export
--merge` makes one CLIP of it.
Whose: CLIP-LoRA (CVPRW 2024), with another rank and no dropout.
Run: python tools/train.py configs/lora/lora_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

lora = dict(type='LoRA', rank=4, scale=0.5, matrices=['q', 'k', 'v'])

model = dict(
    backbone=dict(adapters=[lora]),
    text_encoder=dict(adapters=[lora]),
    trainable=['backbone.adapters.*', 'text_encoder.adapters.*'],
)
optim_wrapper = dict(optimizer=dict(lr=2e-3))
