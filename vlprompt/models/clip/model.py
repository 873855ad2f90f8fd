"""open_clip's models, those of them that the towers compute."""

import open_clip
from open_clip.timm_model import TimmModel
from open_clip.transformer import (
    ResidualAttentionBlock,
    TextTransformer,
    Transformer,
    VisionTransformer,
)
from torch import nn

from vlprompt.errors import UserError

from .arch import UnfitClipError, arch_config
from .timm_structure import timm_reason


def make_model(arch: str | dict) -> open_clip.CustomTextCLIP:
    """Make open_clip's model of an architecture, with random weights.

    What decides is how its towers are built, never what it is called.

    Args:
        arch: open_clip's name, or a dict with its keys.

    Raises:
        UserError: If it is unknown, or built in a way that the towers of
            this library would compute wrongly.
    """
    config = arch_config(arch)
    try:
        model = open_clip.CustomTextCLIP(**config)
    except (AssertionError, RuntimeError, TypeError) as error:
        raise UserError(f'open_clip cannot build {arch!r}: {error}') from error
    reason = _vision_reason(model.visual) or _text_reason(
        model.text, config['text_cfg'].get('hf_tokenizer_name')
    )
    if reason is not None:
        raise UnfitClipError(arch, reason)
    return model


def _vision_reason(visual: nn.Module) -> str | None:
    """Why a vision tower cannot be computed."""
    if isinstance(visual, TimmModel):
        return timm_reason(visual)
    if not isinstance(visual, VisionTransformer):
        return f'its vision tower is a {type(visual).__name__}'
    if visual.attn_pool is not None or visual.pool_type == 'none':
        return 'its vision tower pools by attention of its own'
    return _blocks_reason(visual.transformer)


def _text_reason(text: nn.Module, tokenizer: str | None) -> str | None:
    """Why a text tower cannot be computed."""
    if not isinstance(text, TextTransformer):
        return f'its text tower is a {type(text).__name__}'
    if text.cls_emb is not None:
        return 'its text tower has a class token'
    if text.pool_type not in ('argmax', 'last', 'eos'):
        return f'its texts are pooled by {text.pool_type!r}'
    # Each pools the end of text as one kind of tokenizer marks it.
    if text.pool_type != 'last' and (text.pool_type == 'eos') != bool(
        tokenizer
    ):
        return 'its texts end otherwise than its tokenizer says'
    if text.pool_type == 'eos' and text.attn_mask is None:
        return 'its texts are read at their ends without a causal mask'
    return _blocks_reason(text.transformer)


def _blocks_reason(transformer: Transformer) -> str | None:
    for block in transformer.resblocks:
        if type(block) is not ResidualAttentionBlock:
            return f'its blocks are {type(block).__name__}'
    return None
