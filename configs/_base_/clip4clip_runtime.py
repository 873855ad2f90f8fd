"""CLIP4Clip's runs: those of retrieval, and a clamped logit scale.

The last epoch counts, as in retrieval_runtime.py.
"""

_base_ = ['default_runtime.py']

default_hooks = dict(checkpoint=dict(save_best=None))
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='BrokenVideosHook'),
    dict(type='TrainValOverlapHook'),
    dict(type='HeadSimilarityHook'),
    dict(type='ClampLogitScaleHook'),
    dict(type='FiniteLossHook'),
    dict(type='FiniteScoresHook'),
    dict(type='BatchOfOneHook'),
]
