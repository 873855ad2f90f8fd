"""A5 over MaPLe: coupled prompts under a temporal transformer.

What: one map a layer from text to vision, 2 blocks over 8 frames.
Whose: nobody: a mixture of registered parts.
Run: python tools/train.py configs/mixtures/a5_maple_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../maple/maple_toy.py']

model = dict(
    pooler=dict(type='TransformerPooler', num_layers=2, num_positions=8),
    trainable=['prompts.*', 'pooler.*'],
)
keys = dict(pooler=dict(lr_mult=0.6))
optim_wrapper = dict(paramwise_cfg=dict(custom_keys=keys))
