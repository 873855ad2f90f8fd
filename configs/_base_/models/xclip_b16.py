"""X-CLIP on ViT-B/16, 8 frames; the text tower is frozen."""

_base_ = ['clip_b16_mixup.py']

model = dict(
    backbone=dict(adapters=[dict(type='MessageToken')], patch_tokens=True),
    texts=dict(template='{}'),
    pooler=dict(type='TransformerPooler', num_layers=1, num_positions=8),
    conditioner=dict(type='VideoSpecificPrompts'),
    trainable=['backbone.*', 'pooler.*', 'conditioner.*'],
)
