"""PromptSRC's runs of 20 epochs: a Gaussian mean of them, around epoch 15.

The mean is ``averaged.pth`` in the work folder.
"""

_base_ = ['default_runtime.py']

default_hooks = dict(
    average=dict(type='EpochAverageHook', first=1, kind=('gaussian', 15, 1)),
)
