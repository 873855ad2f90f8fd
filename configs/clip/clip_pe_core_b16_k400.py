"""Vanilla PE-Core on Kinetics-400: PE-Core-B-16, meta.

What: nothing is learned: the bare class name, mean over 8 frames, one view,
the images prepared as PE-Core's (both sides to 224, bilinear).
Whose: Perception Encoder (Bolya et al., 2025).
Run: python tools/test.py configs/clip/clip_pe_core_b16_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

val_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8),
    dict(type='VideoDecode'),
    dict(
        type='PILResize',
        scale=(224, 224),
        keep_ratio=False,
        interpolation='bilinear',
    ),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
test_pipeline = val_pipeline
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))

model = dict(
    clip=dict(arch='PE-Core-B-16', pretrained='meta'),
    data_preprocessor=dict(
        mean=[127.5, 127.5, 127.5], std=[127.5, 127.5, 127.5]
    ),
)
