"""OpenAI's ViT-B/16, mean over the frames, CLIP's own statistics."""

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
        mean=[122.7709383, 116.7460125, 104.09373615],
        std=[68.5005327, 66.6321375, 70.3231630],
        format_shape='NCTHW',
    ),
)
