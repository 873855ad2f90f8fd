"""Tiny text towers, as open_clip configures those of each family."""

from tiny_tokenizers import SIZE

CANONICAL = dict(clean='canonicalize')
SMALL = dict(width=16, heads=2, layers=4, vocab_size=SIZE)
SIGLIP = dict(
    context_length=64,
    hf_tokenizer_name='siglip',
    tokenizer_kwargs=CANONICAL,
    mlp_ratio=3.7362,
    no_causal_mask=True,
    proj_bias=True,
    pool_type='last',
    norm_kwargs=dict(eps=1e-6),
    **SMALL,
)
TEXTS = {
    'SigLIP': SIGLIP,
    'SigLIP2': dict(
        SIGLIP,
        hf_tokenizer_name='siglip2',
        act_kwargs=dict(approximate='tanh'),
    ),
    'MetaCLIP2': dict(
        context_length=77,
        hf_tokenizer_name='metaclip2',
        pool_type='eos',
        eos_id=2,
        **SMALL,
    ),
    'CLIPA': dict(
        context_length=48,
        hf_tokenizer_name='clipa',
        tokenizer_kwargs=dict(strip_sep_token=True),
        pool_type='last',
        no_causal_mask=True,
        **SMALL,
    ),
    'MobileCLIP2-L': dict(
        context_length=77,
        no_causal_mask=True,
        width=16,
        heads=2,
        layers=4,
    ),
}
VISION = dict(image_size=32, patch_size=8, width=32, layers=4, head_width=16)


def text_arch(family, **vision):
    """An architecture with the text tower of a family."""
    return dict(
        embed_dim=24,
        vision_cfg={**VISION, **vision},
        text_cfg=dict(TEXTS[family]),
    )
