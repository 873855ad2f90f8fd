"""CLIP4Clip (seqTransf), text to video retrieval.

What: 4 blocks over the frames, started from the text tower, then their
mean.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: vlprompt train configs/clip4clip/clip4clip_b32_retrieval_transf.py
The config is MSR-VTT 9k; vlprompt eval retrieval, with the same config,
--train and --datasets msrvtt9k msvd lsmdc, runs it on others as well.
Published: MSR-VTT 44.5 R@1 (CLIP4Clip).  Not measured here.
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
    pooler=dict(
        type='TransformerPooler',
        eps=1e-12,
        num_layers=4,
        init='text',
        reduce=dict(type='UnitMeanPooler'),
    ),
    trainable=[
        '*.transformer.*',
        'backbone.visual.ln_post.*',
        'backbone.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.logit_scale',
        'pooler.*',
    ],
)
