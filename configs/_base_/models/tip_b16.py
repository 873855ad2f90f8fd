"""Tip-Adapter: vanilla CLIP and a cache of the training videos."""

_base_ = ['clip_b16.py']

model = dict(
    cls_head=dict(type='CacheHead', alpha=3.0, beta=1.0, temperature=0.01),
    trainable=['cls_head.keys'],
)
