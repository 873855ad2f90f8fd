"""OpenAI's ViT-B/16, mean over the frames, ViFi-CLIP's preprocessing."""

model = dict(
    type='VideoTextRecognizer',
    clip=dict(arch='ViT-B-16-quickgelu', pretrained='openai'),
    backbone=dict(type='CLIPVisionTower'),
    text_encoder=dict(type='CLIPTextTower'),
    texts=dict(type='ClassTexts', template='a photo of a {}.'),
    pooler=dict(type='MeanPooler'),
    cls_head=dict(type='SimilarityHead', average_clips='prob'),
    trainable=[],
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        # ImageNet's statistics, as in ViFi-CLIP, not CLIP's
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW',
    ),
)
