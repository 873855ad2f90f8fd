"""X-Pool on ViT-B/32: captions of 77 tokens pool the frames for themselves."""

_base_ = ['clip_b16.py']

model = dict(
    clip=dict(arch='ViT-B-32-quickgelu'),
    texts=dict(_delete_=True, type='CaptionTexts'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='TextPoolingHead', alignment=dict(type='SymmetricContrastiveLoss')
    ),
    trainable=['backbone.*', 'text_encoder.*', 'cls_head.*'],
)
