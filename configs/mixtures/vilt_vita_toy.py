"""ViLT-CLIP with Vita-CLIP tokens and a transformer over the frames.

What: coupled prompts, scenario loss, local and summary tokens, 1 block.
Whose: nobody: a mixture of registered parts.
Run: python tools/train.py configs/mixtures/vilt_vita_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../vilt/vilt_toy.py']

model = dict(
    backbone=dict(adapters=[dict(type='VitaTokens', num_frames=8)]),
    pooler=dict(type='TransformerPooler', num_layers=1, num_positions=8),
    trainable=['prompts.*', 'backbone.adapters.*', 'pooler.*'],
)
keys = dict(pooler=dict(lr_mult=0.6), adapters=dict(lr_mult=0.4))
optim_wrapper = dict(paramwise_cfg=dict(custom_keys=keys))
