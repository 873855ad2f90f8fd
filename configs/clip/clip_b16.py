"""Vanilla CLIP for `vlprompt classify`, on any video.

What: nothing is learned: CLIP's own preprocessing, mean over 8 frames, one
view.
Whose: CLIP (Radford et al., 2021).
Run: vlprompt classify clip.mp4 --model configs/clip/clip_b16.py --classes
"frying eggs" "cutting bread" (it is the model that is taken without --model)
Published: nothing in this form.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/default_runtime.py',
]

test_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8),
    dict(type='VideoDecode'),
    dict(type='PILResize', scale=(-1, 224)),
    dict(type='CenterCrop', crop_size=224),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
train_dataloader = None
val_dataloader = None
val_evaluator = None
test_cfg = dict(type='TestLoop')
test_dataloader = dict(batch_size=8, dataset=dict(pipeline=test_pipeline))

model = dict(texts=dict(template='a video of {}.'))
