"""CLIP4Clip's sampling for DiDeMo: seconds 0 to 31, a frame a second."""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='KeepFirstSeconds', seconds=32),
    dict(type='FixedFPSSample', max_frames=64),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 224), interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs',
        meta_keys=('filename', 'sample_idx', 'text', 'num_valid_frames'),
    ),
]
val_pipeline = train_pipeline
test_pipeline = train_pipeline
