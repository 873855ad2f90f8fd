"""OpenAI's ViT-B/16 with mixup, cutmix and label smoothing (ViFi-CLIP)."""

model = dict(
    type='VideoTextRecognizer',
    clip=dict(arch='ViT-B-16-quickgelu', pretrained='openai'),
    backbone=dict(type='CLIPVisionTower'),
    text_encoder=dict(type='CLIPTextTower'),
    texts=dict(type='ClassTexts', template='a photo of a {}.'),
    pooler=dict(type='MeanPooler'),
    cls_head=dict(
        type='SimilarityHead', label_smooth_eps=0.1, average_clips='prob'
    ),
    trainable=[],
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        # ImageNet's statistics, as in ViFi-CLIP, not CLIP's
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW',
        # num_classes follows the training data set (ClassNamesHook)
        blending=dict(
            type='RandomBatchAugment',
            augments=[
                dict(type='MixupBlending', num_classes=0, alpha=0.8),
                dict(type='CutmixBlending', num_classes=0, alpha=1.0),
            ],
            probs=[0.5, 0.5],
        ),
    ),
)
