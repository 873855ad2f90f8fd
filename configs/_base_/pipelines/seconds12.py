"""CLIP4Clip's sampling: a frame a second, 12 at most, with their captions.

A video of more than 12 seconds gives 12 frames, spread evenly.
"""

train_pipeline = [
    dict(type='VideoInit'),
    dict(type='FixedFPSSample', max_frames=12),
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
