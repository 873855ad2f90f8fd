"""Open-VCLIP's runs: trained between CLIP and the weights, then averaged.

Each step adds half the gradient at a random mix with pretrained CLIP; at the
end, the mean of the epochs from the second on and CLIP, half each (0.6 of CLIP
for L/14), is ``averaged.pth`` in the work folder.
"""

_base_ = ['default_runtime.py']

default_hooks = dict(
    interpolated=dict(type='InterpolatedWeightsHook', alpha=(0, 0.6)),
    average=dict(type='EpochAverageHook', first=2, with_clip=0.5),
)
