"""A tiny CLIP and some class names, one with a bracket at its end."""

TINY = dict(
    embed_dim=24,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=32, patch_size=8, width=32, layers=4, head_width=16
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=16, heads=2, layers=4
    ),
)
CLASSES = (
    'archery',
    'riding a bike',
    'hurling (sport)',
    'tai chi',
    'massaging a person on the head slowly',
)
