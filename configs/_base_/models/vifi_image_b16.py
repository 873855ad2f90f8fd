"""ViFi-CLIP's family: the vision tower of ViT-B/16 fine-tuned."""

_base_ = ['clip_b16_mixup.py']

model = dict(
    trainable=[
        'backbone.*',
    ],
)
