"""ST-Adapter on Something-Something: 8 segments, RandAugment, 1 x 3 views.

Left and right have a meaning there: nothing is flipped.
"""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8, mode='random'),
    dict(type='VideoDecode'),
    dict(type='ClipRandAugment', policy='rand-m7-n4-mstd0.5-inc1'),
    dict(type='RandomResizedCrop', area_range=(0.08, 1.0)),
    dict(type='Resize', scale=(224, 224), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
val_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224)),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
test_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224)),
    dict(type='ThreeCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
