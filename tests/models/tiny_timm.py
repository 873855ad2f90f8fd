"""Tiny vision transformers of timm, built as the published ones are.

They are registered with timm, from which open_clip makes its towers by name.
"""

from functools import partial

from timm.layers import LayerNorm
from timm.models import register_model
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer

SIZES = dict(img_size=32, patch_size=8, embed_dim=32, depth=4, num_heads=2)


def _make(cls, kwargs, **settings):
    for key in ('pretrained_cfg', 'pretrained_cfg_overlay', 'cache_dir'):
        kwargs.pop(key, None)
    return cls(**{**SIZES, **settings, **kwargs})


def _pe_core(kwargs, **settings):
    return _make(
        Eva,
        kwargs,
        global_pool='map',
        attn_type='rope',
        use_pre_transformer_norm=True,
        use_rot_pos_emb=True,
        ref_feat_shape=(3, 3),
        rope_grid_indexing='xy',
        attn_pool_num_heads=4,
        attn_pool_mlp_ratio=4.0,
        norm_layer=partial(LayerNorm, eps=1e-5),
        **settings,
    )


@register_model
def tiny_pe_core(pretrained=False, **kwargs):
    """As ``vit_pe_core_base_patch16_224``."""
    return _pe_core(kwargs, rope_grid_offset=1.0)


@register_model
def tiny_pe_core_gigantic(pretrained=False, **kwargs):
    """As ``vit_pe_core_gigantic_patch14_448``: without a class token."""
    return _pe_core(kwargs, class_token=False)


@register_model
def tiny_half_turned(pretrained=False, **kwargs):
    """A turn of channels that are half a head apart, as DINOv3's."""
    return _pe_core(kwargs, rope_rotate_half=True)


@register_model
def tiny_siglip(pretrained=False, **kwargs):
    """As ``vit_base_patch16_siglip_224``."""
    return _make(VisionTransformer, kwargs, class_token=False, qkv_bias=True)


@register_model
def tiny_siglip_so400m(pretrained=False, **kwargs):
    """As ``vit_so400m_patch14_siglip_224``, with layer scale besides."""
    return _make(
        VisionTransformer,
        kwargs,
        class_token=False,
        qkv_bias=True,
        mlp_ratio=3.7362,
        act_layer='gelu_tanh',
        init_values=0.5,
    )


@register_model
def tiny_clip(pretrained=False, **kwargs):
    """As ``vit_large_patch14_clip_224``, MobileCLIP2-L's."""
    return _make(
        VisionTransformer,
        kwargs,
        qkv_bias=True,
        pre_norm=True,
        norm_layer=partial(LayerNorm, eps=1e-5),
    )


@register_model
def tiny_eva(pretrained=False, **kwargs):
    """As ``eva_giant_patch14_clip_224``, EVA01's."""
    return _make(Eva, kwargs, init_values=0.1)


def timm_vision(name, pool='map', proj=None):
    """open_clip's ``vision_cfg`` of one of these."""
    return dict(
        image_size=32, timm_model_name=name, timm_pool=pool, timm_proj=proj
    )


TEXT = dict(context_length=32, vocab_size=49408, width=16, heads=2, layers=4)
# The vision tower of each family, as open_clip configures it.
VISION = {
    'PE-Core': timm_vision('tiny_pe_core'),
    'PE-Core-bigG': timm_vision('tiny_pe_core_gigantic'),
    'half-turned': timm_vision('tiny_half_turned'),
    'SigLIP': timm_vision('tiny_siglip', proj='none'),
    'SigLIP-SO400M': timm_vision('tiny_siglip_so400m', proj='none'),
    'MobileCLIP2-L': timm_vision('tiny_clip', pool='token'),
    'EVA01': timm_vision('tiny_eva', pool='token'),
}


def timm_arch(family, **text):
    """An architecture of a family, with a text tower like CLIP's."""
    width = 32 if family.startswith('SigLIP') else 24
    return dict(
        embed_dim=width,
        custom_text=True,
        vision_cfg=dict(VISION[family]),
        text_cfg={**TEXT, **text},
    )
