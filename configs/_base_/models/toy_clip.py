"""Vanilla CLIP of the toy world, put there by tools/data/make_toy_world.py."""

model = dict(
    type='VideoTextRecognizer',
    clip=dict(
        arch=dict(
            embed_dim=128,
            vision_cfg=dict(
                layers=4, width=128, head_width=64, patch_size=8, image_size=48
            ),
            text_cfg=dict(
                context_length=77,
                vocab_size=49408,
                width=128,
                heads=2,
                layers=4,
            ),
            quick_gelu=True,
        ),
        pretrained='data/toy/toy_clip.safetensors',
    ),
    backbone=dict(type='CLIPVisionTower'),
    text_encoder=dict(type='CLIPTextTower'),
    texts=dict(type='ClassTexts', template='a video of a {}.'),
    pooler=dict(type='MeanPooler'),
    cls_head=dict(type='SimilarityHead', average_clips='prob'),
    trainable=[],
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[122.771, 116.746, 104.094],
        std=[68.501, 66.632, 70.323],
        format_shape='NCTHW',
    ),
)
