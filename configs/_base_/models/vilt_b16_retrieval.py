"""ViLT-CLIP for captions: 6 prompts in all 12 layers, text leads in 6."""

_base_ = ['clip_b16_imagenet_stats.py']

model = dict(
    texts=dict(_delete_=True, type='CaptionTexts', template='[6] {}'),
    prompts=dict(type='ViLTPrompts', depth=12, split=6),
    cls_head=dict(
        type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
    ),
    trainable=['prompts.*'],
)
