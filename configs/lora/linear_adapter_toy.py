"""Linear adapters of both towers in the toy world.

What: ZeroI2V's adapters at four places of all layers of both towers, without
its shift and its linear head; `vlprompt export --merge` makes one CLIP of it.
Whose: the adapters are ZeroI2V's (ECCV 2024).
Run: python tools/train.py configs/lora/linear_adapter_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['lora_toy.py']

linear = dict(type='LinearAdapter')

model = dict(
    backbone=dict(adapters=[linear]), text_encoder=dict(adapters=[linear])
)
