"""DRL's weighted token-wise interaction, text to video retrieval.

What: ViT-B/32, 12 frames through 4 blocks; words and frames look for their
best match; both towers are fine-tuned; 164,452,611 trainable parameters.
Whose: DRL (2022), without its channel decorrelation loss.
Run: vlprompt train configs/wti/wti_b32_retrieval.py
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
    text_encoder=dict(all_tokens='longest'),
    pooler=dict(
        _delete_=True,
        type='TransformerPooler',
        num_layers=4,
        init='text',
        eps=1e-12,
        reduce=dict(type='IdentityPooler'),
    ),
    cls_head=dict(type='TokenInteractionHead', padded_length=32),
    trainable=['backbone.*', 'text_encoder.*', 'pooler.*', 'cls_head.*'],
)
