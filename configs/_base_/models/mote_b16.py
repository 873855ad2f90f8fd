"""MoTE: ViT-B/16, fine-tuned, with temporal experts over its 8 frames."""

_base_ = ['clip_b16.py']

model = dict(
    texts=dict(template='openvclip28'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='MoTEHead',
        num_layers=4,
        num_experts=4,
        num_supervised=400,
        test_temperature=1.0,
    ),
    trainable=['backbone.visual.*', 'cls_head.*'],
)
