"""Vita-CLIP on ViT-B/16: 8 frames, 8 text prompts for each class."""

_base_ = ['clip_b16.py']

model = dict(
    backbone=dict(
        embeddings=[
            dict(
                type='TimeEmbedding', num_frames=8, std=0.02, resize='nearest'
            )
        ],
        adapters=[dict(type='VitaTokens', num_frames=8)],
    ),
    texts=dict(template='[8] {}.'),
    prompts=dict(
        type='PromptLearner',
        text=dict(type='ClassPrompts', num_classes=400),
    ),
    trainable=[
        'prompts.*',
        'backbone.embeddings.*',
        'backbone.adapters.*',
        'cls_head.logit_scale',
    ],
)
