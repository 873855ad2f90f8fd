"""Which vision transformers of timm the towers compute."""

from itertools import chain

from open_clip.timm_model import TimmModel
from timm.layers import (
    AttentionPoolLatent,
    AttentionRope,
    DropPath,
    Mlp,
)
from timm.models.eva import Eva, EvaAttention, EvaBlock
from timm.models.vision_transformer import (
    Attention,
    Block,
    VisionTransformer,
)
from torch import nn

TRUNKS = (Eva, VisionTransformer)
BLOCKS = (EvaBlock, Block)
ATTENTIONS = (Attention, AttentionRope, EvaAttention)


def timm_reason(visual: TimmModel) -> str | None:
    """Why a vision tower of timm cannot be computed; None if it can."""
    trunk = visual.trunk
    if type(trunk) not in TRUNKS:
        return f"its vision tower is timm's {type(trunk).__name__}"
    reasons = chain(
        map(_block_reason, trunk.blocks),
        [_trunk_reason(trunk), _size_reason(trunk, visual.image_size)],
    )
    return next(filter(None, reasons), None)


def _block_reason(block: nn.Module) -> str | None:
    if type(block) not in BLOCKS:
        return f'its blocks are {type(block).__name__}'
    if type(block.mlp) is not Mlp:
        return f'its MLPs are {type(block.mlp).__name__}'
    if type(block.attn) not in ATTENTIONS:
        return f'its attention is {type(block.attn).__name__}'
    if not isinstance(block.mlp.norm, nn.Identity):
        return 'its MLPs have norms inside'
    return _attention_reason(block.attn)


def _attention_reason(attn: nn.Module) -> str | None:
    if attn.qkv is None:
        return 'it has queries, keys and values apart'
    parts = (attn.q_norm, attn.k_norm, attn.norm)
    if not all(isinstance(part, nn.Identity) for part in parts):
        return 'its attention has norms inside'
    if getattr(attn, 'gate', None) is not None:
        return 'its attention is gated'
    if attn.qkv.bias is None and getattr(attn, 'q_bias', None) is None:
        return 'its attention has no biases'
    if attn.qkv.in_features != attn.num_heads * attn.head_dim:
        return 'its attention is of another width than its tokens'
    return None


def _trunk_reason(trunk: nn.Module) -> str | None:
    if trunk.reg_token is not None:
        return 'it has register tokens'
    if trunk.pos_embed is None or getattr(trunk, 'rope_mixed', False):
        return 'it embeds positions in another way'
    pool = trunk.attn_pool
    if pool is not None and type(pool) is not AttentionPoolLatent:
        return f'it pools by {type(pool).__name__}'
    if trunk.dynamic_img_size or not isinstance(
        trunk.patch_drop, nn.Identity | None
    ):
        return 'it takes patches away'
    for module in trunk.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            return 'it has batch norms, which training would change'
        if isinstance(module, nn.Dropout) and module.p:
            return 'it drops out in training'
        if isinstance(module, DropPath) and module.drop_prob:
            return 'it drops paths in training'
    return None


def _size_reason(trunk: nn.Module, given: tuple) -> str | None:
    size = tuple(trunk.patch_embed.img_size)
    if size != tuple(given):
        return f'its images are of {size} pixels, not of {tuple(given)}'
    return None
