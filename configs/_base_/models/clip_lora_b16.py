"""CLIP-LoRA: rank 2 on queries, keys and values of both towers of a ViT-B/16.

alpha is 1 and the scale alpha / sqrt(rank); cosines are times 100.
"""

_base_ = ['clip_b16.py']

lora = dict(
    type='LoRA', rank=2, scale=2**-0.5, matrices=['q', 'k', 'v'], dropout=0.25
)

model = dict(
    backbone=dict(adapters=[lora]),
    text_encoder=dict(adapters=[lora]),
    cls_head=dict(temperature=0.01),
    trainable=['backbone.adapters.*', 'text_encoder.adapters.*'],
)
