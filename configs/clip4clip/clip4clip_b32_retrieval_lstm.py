"""CLIP4Clip (seqLSTM), text to video retrieval.

What: an LSTM over the frames before their mean.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: vlprompt train configs/clip4clip/clip4clip_b32_retrieval_lstm.py
The config is MSR-VTT 9k; vlprompt eval retrieval, with the same config,
--train and --datasets msrvtt9k msvd lsmdc, runs it on others as well.
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
    pooler=dict(type='LSTMPooler', reduce=dict(type='UnitMeanPooler')),
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
