"""What every run of retrieval has.

The last epoch counts.  A config whose data set has a validation part of its
own may keep the best epoch as well: default_hooks.checkpoint.save_best.
"""

_base_ = ['default_runtime.py']

default_hooks = dict(checkpoint=dict(save_best=None))
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='BrokenVideosHook'),
    dict(type='TrainValOverlapHook'),
    dict(type='HeadSimilarityHook'),
    dict(type='FiniteLossHook'),
    dict(type='FiniteScoresHook'),
    dict(type='BatchOfOneHook'),
]
