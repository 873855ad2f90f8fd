"""The only place that makes a CLIP and reads files of CLIP weights."""

import math
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import open_clip
from open_clip.pretrained import get_pretrained_cfg
from open_clip.tokenizer import SimpleTokenizer
from open_clip.transformer import (
    ResidualAttentionBlock,
    TextTransformer,
    VisionTransformer,
)
from torch import Tensor, nn

from vlprompt.errors import UserError

from ..layers.quick_gelu import replace_quick_gelu
from .download import download
from .files import ClipFile, load_weights, read_clip_file
from .finetuned import load_finetuned

DEFAULT_LOGIT_SCALE = math.log(1 / 0.07)


class CLIP(NamedTuple):
    """A CLIP, taken apart.

    Attributes:
        visual: open_clip's ``VisionTransformer``.
        text: open_clip's ``TextTransformer``.
        logit_scale: Logarithm of the similarity's factor.
        tokenizer: open_clip's ``SimpleTokenizer``.
    """

    visual: VisionTransformer
    text: TextTransformer
    logit_scale: float
    tokenizer: SimpleTokenizer

    @property
    def widths(self) -> dict[str, int]:
        """Width of each tower."""
        return dict(
            visual=self.visual.transformer.width,
            text=self.text.transformer.width,
        )

    def embed_words(self, ids: list[int | None]) -> list[Tensor | None]:
        """Token ids (or None) to their (D,) word embeddings (or None)."""
        table = self.text.token_embedding.weight.detach()
        return [None if i is None else table[i].clone() for i in ids]

    @property
    def depths(self) -> dict[str, int]:
        """Number of layers of each tower."""
        return dict(
            visual=len(self.visual.transformer.resblocks),
            text=len(self.text.transformer.resblocks),
        )


def load_clip(
    arch: str | dict,
    pretrained: str | None = None,
    finetuned: str | None = None,
) -> CLIP:
    """Make a CLIP and load its weights.

    Args:
        arch: open_clip's name of an architecture, for OpenAI's weights with
            ``-quickgelu`` at the end, or a dict with open_clip's own keys
            ``embed_dim``, ``vision_cfg``, ``text_cfg`` and ``quick_gelu``.
        pretrained: A file of weights (see :func:`read_clip_file`), a tag of
            open_clip, or None for random weights.
        finetuned: A checkpoint of ours in which weights of this CLIP were
            trained; they take the place of the pretrained ones.  It may
            hold nothing else, and was trained from the same CLIP.

    Raises:
        UserError: If the architecture is unknown or not one of CLIP's
            transformers, or the weights do not belong to it.

    Example:
        >>> arch = dict(
        ...     embed_dim=8,
        ...     vision_cfg=dict(
        ...         image_size=32, patch_size=16, width=64, layers=1
        ...     ),
        ...     text_cfg=dict(width=16, heads=2, layers=1),
        ... )
        >>> load_clip(arch).depths
        {'visual': 1, 'text': 1}
    """
    config = _config(arch)
    # What may be missing comes before what takes long.
    file = None if pretrained is None else _find(arch, pretrained)
    if finetuned is not None and not Path(finetuned).is_file():
        raise UserError(f'no checkpoint at {finetuned} (finetuned)')
    model = open_clip.CustomTextCLIP(**config)
    _check_transformers(model, arch)
    replace_quick_gelu(model)
    if pretrained is not None:
        weights = read_clip_file(file)
        _check_activation(weights, config, arch, pretrained)
        load_weights(model, weights, arch, file)
    if finetuned is not None:
        load_finetuned(model, finetuned)
    length = config['text_cfg'].get('context_length', 77)
    tokenizer = _tokenizer(length)
    scale = model.logit_scale
    # A tensor on the meta device has no value; without weights the scale is
    # open_clip's own, which is that of every CLIP in the beginning.
    value = DEFAULT_LOGIT_SCALE if scale.is_meta else scale.item()
    return CLIP(model.visual, model.text, value, tokenizer)


@cache
def _tokenizer(length: int) -> SimpleTokenizer:
    """Shared: it needs 30 MB and takes longer to build than a tiny CLIP."""
    return SimpleTokenizer(context_length=length)


def _config(arch: str | dict) -> dict[str, Any]:
    if not isinstance(arch, str):
        config = {**arch}
    else:
        config = open_clip.get_model_config(arch)
        if config is None:
            raise UserError(
                f'open_clip has no architecture {arch!r}; '
                'open_clip.list_models() lists them'
            )
    for key in ('vision_cfg', 'text_cfg'):
        config[key] = dict(config.get(key, {}))
    known = ('embed_dim', 'vision_cfg', 'text_cfg', 'quick_gelu')
    others = [key for key in config if key not in known]
    if others or 'embed_dim' not in config:
        raise UserError(
            f'architecture with keys {list(config)}, expected {list(known)}'
        )
    return config


def _check_transformers(model: nn.Module, arch: str | dict) -> None:
    """Refuse what the towers would compute wrongly."""
    visual, text = model.visual, model.text
    problem = None
    if not isinstance(visual, VisionTransformer):
        problem = f'its vision tower is a {type(visual).__name__}'
    elif visual.attn_pool is not None or visual.pool_type != 'tok':
        problem = 'its vision tower does not pool the class token'
    elif not isinstance(text, TextTransformer):
        problem = f'its text tower is a {type(text).__name__}'
    elif text.attn_mask is None or text.cls_emb is not None:
        problem = 'its text tower is not causal'
    elif text.pool_type != 'argmax':
        problem = 'its text tower does not pool the end-of-text token'
    else:
        for tower in (visual, text):
            block = tower.transformer.resblocks[0]
            if not isinstance(block, ResidualAttentionBlock):
                problem = f'its blocks are {type(block).__name__}'
    if problem:
        raise UserError(f'{arch!r} is not a CLIP of transformers: {problem}')


def _find(arch: str | dict, pretrained: str) -> str:
    """The file of a path or of an open_clip tag."""
    if Path(pretrained).is_file():
        return pretrained
    tag = isinstance(arch, str) and get_pretrained_cfg(arch, pretrained)
    if not tag and isinstance(arch, str):
        plain = arch.removesuffix('-quickgelu')
        quick = plain == arch  # the architecture that differs in that
        other = f'{plain}-quickgelu' if quick else plain
        if get_pretrained_cfg(other, pretrained):
            raise _wrong_activation(
                arch, pretrained, 'QuickGELU' if quick else 'GELU'
            )
    if not tag:
        raise UserError(
            f'pretrained={pretrained!r} is neither a file nor one of '
            f"open_clip's tags for {arch!r}"
        )
    _check_tag(arch, pretrained, tag)
    return download(arch, pretrained, tag)


def _check_tag(arch: str, tag: str, config: dict) -> None:
    quick = bool(_config(arch).get('quick_gelu'))
    if quick != bool(config.get('quick_gelu')):
        expected = 'GELU' if quick else 'QuickGELU'
        raise _wrong_activation(arch, tag, expected)


def _check_activation(
    file: ClipFile, config: dict, arch: str | dict, pretrained: str
) -> None:
    quick = bool(config.get('quick_gelu'))
    if file.activation == 'quick_gelu' and not quick:
        raise _wrong_activation(arch, pretrained, 'QuickGELU')
    if file.activation == 'gelu' and quick:
        raise _wrong_activation(arch, pretrained, 'GELU')


def _wrong_activation(
    arch: str | dict, pretrained: str, expected: str
) -> UserError:
    how = 'an arch dict with quick_gelu=' + str(expected == 'QuickGELU')
    if isinstance(arch, str):
        plain = arch.removesuffix('-quickgelu')
        how = plain + ('-quickgelu' if expected == 'QuickGELU' else '')
    name = arch if isinstance(arch, str) else 'the given arch'
    return UserError(
        f'{pretrained!r} was trained with {expected}, {name} has another '
        f'activation: use {how}'
    )
