"""CLIP4Clip (tightTransf) on MSR-VTT 9k.

What: a transformer compares each caption with the frames of each video.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: python tools/train.py configs/clip4clip/clip4clip_b32_msrvtt9k_tight.py
Published: nothing that was at hand.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/msrvtt9k.py',
    '../_base_/pipelines/seconds12.py',
    '../_base_/schedules/clip4clip.py',
    '../_base_/clip4clip_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(type='TightTransformerHead'),
    trainable=[
        '*.transformer.*',
        'backbone.visual.ln_post.*',
        'backbone.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.positions',
        'cls_head.blocks.*',
        'cls_head.ln_pool.*',
        'cls_head.dense.*',
        'cls_head.score.*',
    ],
)
