"""Default runs that end with the mean of their epochs, from the second on.

The mean (SWA, stochastic weight averaging) is ``averaged.pth`` in the work
folder.  FROSTER's setting.
"""

_base_ = ['default_runtime.py']

default_hooks = dict(average=dict(type='EpochAverageHook', first=2))
