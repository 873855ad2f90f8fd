"""ViFi-CLIP's family: the text tower of ViT-B/16 fine-tuned."""

_base_ = ['clip_b16_mixup.py']

model = dict(
    trainable=[
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
    ],
)
