"""CLIP4Clip (meanP) on ViT-B/32: captions of 32 tokens, 12 frames."""

_base_ = ['clip_b16.py']

model = dict(
    clip=dict(arch='ViT-B-32-quickgelu'),
    texts=dict(_delete_=True, type='CaptionTexts', max_tokens=32),
    pooler=dict(type='UnitMeanPooler'),
    cls_head=dict(
        type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
    ),
    trainable=[
        '*.transformer.*',
        'backbone.visual.ln_post.*',
        'backbone.visual.proj',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.logit_scale',
    ],
)
