"""ViFi-CLIP for captions: both towers of ViT-B/16 fine-tuned."""

_base_ = ['clip_b16_imagenet_stats.py']

model = dict(
    texts=dict(_delete_=True, type='CaptionTexts'),
    cls_head=dict(
        type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
    ),
    trainable=[
        'backbone.*',
        'cls_head.logit_scale',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
    ],
)
