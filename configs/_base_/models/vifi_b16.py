"""ViFi-CLIP's family: both towers of ViT-B/16 fine-tuned."""

_base_ = ['clip_b16_mixup.py']

model = dict(
    trainable=[
        'backbone.*',
        'cls_head.logit_scale',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
    ],
)
