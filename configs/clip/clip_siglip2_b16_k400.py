"""Vanilla SigLIP 2 on Kinetics-400: ViT-B-16-SigLIP2, webli.

What: nothing is learned: the bare class name, mean over 8 frames, one view,
the images prepared as SigLIP's (both sides to 224, bicubic).
Whose: SigLIP 2 (Tschannen et al., 2025).
Needs: pip install 'vlprompt[tokenizers]', and the tokenizer of SigLIP 2, which
is fetched from the Hub or given as model.clip.tokenizer=FOLDER.
Run: python tools/test.py configs/clip/clip_siglip2_b16_k400.py none
Published: nothing with this protocol.  Not measured here.
"""

_base_ = ['clip_b16_k400.py']

val_pipeline = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=8),
    dict(type='VideoDecode'),
    dict(type='PILResize', scale=(224, 224), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
test_pipeline = val_pipeline
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))

model = dict(
    clip=dict(arch='ViT-B-16-SigLIP2', pretrained='webli'),
    data_preprocessor=dict(
        mean=[127.5, 127.5, 127.5], std=[127.5, 127.5, 127.5]
    ),
)
