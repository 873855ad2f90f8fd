"""ViFi-CLIP's sampling and augmentation, 16 frames.

Training: one random frame of each of 16 segments, short side 256,
multi-scale crop, flip, colour jitter (each frame its own), grayscale.
Validation: the segments' centres, centre crop.  Testing: 4 temporal views x 3
crops.
"""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=16, mode='random'),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 256)),
    dict(
        type='MultiScaleCrop',
        input_size=224,
        scales=(1, 0.875, 0.75, 0.66),
        random_crop=False,
        num_fixed_crops=5,
        max_wh_scale_gap=1,
    ),
    dict(type='Resize', scale=(224, 224), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='ClipColorJitter', p=0.8),
    dict(type='ClipGrayscale', p=0.2),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
val_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=16),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 256)),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
test_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=16, num_views=4),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224)),
    dict(type='ThreeCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
