"""TC-CLIP on ViT-B/16: both towers fine-tuned, a summary of the clip."""

_base_ = ['clip_b16_mixup.py']

model = dict(
    backbone=dict(adapters=[dict(type='TemporalContext')]),
    text_encoder=dict(stop_before_last=True),
    texts=dict(template='[a photo of a] {}.'),
    prompts=dict(
        type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
    ),
    conditioner=dict(type='VideoConditionalPrompts'),
    trainable=[
        'backbone.*',
        'cls_head.logit_scale',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'prompts.*',
        'conditioner.*',
    ],
)
