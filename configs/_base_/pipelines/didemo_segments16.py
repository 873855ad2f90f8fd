"""16 segments of the first 30 seconds, which DiDeMo describes."""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='KeepFirstSeconds', seconds=30),
    dict(type='MultiViewSegmentSample', num_frames=16, mode='random'),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224), interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs',
        meta_keys=('filename', 'sample_idx', 'text'),
    ),
]
val_pipeline = [
    dict(type='VideoInit'),
    dict(type='KeepFirstSeconds', seconds=30),
    dict(type='MultiViewSegmentSample', num_frames=16),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224), interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs',
        meta_keys=('filename', 'sample_idx', 'text'),
    ),
]
test_pipeline = val_pipeline
