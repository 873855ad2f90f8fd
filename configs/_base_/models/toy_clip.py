"""The toy world's own CLIP, made by tools/data/make_toy_world.py."""

toy_clip = dict(
    arch=dict(
        embed_dim=128,
        vision_cfg=dict(
            layers=4, width=128, head_width=64, patch_size=8, image_size=48
        ),
        text_cfg=dict(
            context_length=77, vocab_size=49408, width=128, heads=2, layers=4
        ),
        quick_gelu=True,
    ),
    pretrained='data/toy/toy_clip.safetensors',
)
