"""ViFi-CLIP's sampling and augmentation, 16 frames, tested with two views.

The views are spread over the video; both have the centre crop.
"""

_base_ = ['segments16.py']

test_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=16, num_views=2),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 256)),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
