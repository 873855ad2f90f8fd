"""A5: position prompts and 2 temporal layers over a frozen ViT-B/16."""

_base_ = ['clip_b16.py']

model = dict(
    texts=dict(type='SampledClassTexts', template='[16] {} [16]'),
    prompts=dict(type='PromptLearner', text=dict(type='PositionPrompts')),
    pooler=dict(
        type='TransformerPooler',
        num_layers=2,
        num_positions=16,
        residual=False,
        init='torch',
        position_std=0.01,
    ),
    cls_head=dict(temperature=0.07),
    trainable=['prompts.*', 'pooler.*'],
)
