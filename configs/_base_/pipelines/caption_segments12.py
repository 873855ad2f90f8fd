"""X-Pool's sampling: the centres of 12 segments, with the captions."""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=12),
    dict(type='VideoDecode'),
    dict(type='RandomResizedCrop', area_range=(0.5, 1.0)),
    dict(type='Resize', scale=(224, 224), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs', meta_keys=('filename', 'sample_idx', 'text')
    ),
]
val_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=12),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224), interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs', meta_keys=('filename', 'sample_idx', 'text')
    ),
]
test_pipeline = val_pipeline
