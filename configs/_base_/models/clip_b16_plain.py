"""OpenAI's ViT-B/16, mean over the frames, CLIP's own statistics."""

_base_ = ['clip_b16.py']

model = dict(
    data_preprocessor=dict(
        mean=[122.7709383, 116.7460125, 104.09373615],
        std=[68.5005327, 66.6321375, 70.3231630],
    )
)
