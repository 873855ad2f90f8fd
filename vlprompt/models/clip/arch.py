"""What CLIP a set of weights belongs to."""

import math
from typing import Any

import open_clip
from torch import Tensor

from vlprompt.errors import UserError

NAMES = tuple(
    f'{name}-quickgelu'
    for name in ('ViT-B-16', 'ViT-B-32', 'ViT-L-14', 'ViT-L-14-336')
)
HEAD_WIDTH = 64  # in every CLIP of transformers that OpenAI has published
# What open_clip takes where an architecture does not say so.
VISION = dict(head_width=HEAD_WIDTH, mlp_ratio=4.0)
TEXT = dict(mlp_ratio=4.0)


BLOCK = (
    'ln_1.weight',
    'ln_1.bias',
    'attn.in_proj_weight',
    'attn.in_proj_bias',
    'attn.out_proj.weight',
    'attn.out_proj.bias',
    'ln_2.weight',
    'ln_2.bias',
    'mlp.c_fc.weight',
    'mlp.c_fc.bias',
    'mlp.c_proj.weight',
    'mlp.c_proj.bias',
)
REST = (
    'logit_scale',
    'positional_embedding',
    'text_projection',
    'ln_final.weight',
    'ln_final.bias',
    'visual.class_embedding',
    'visual.positional_embedding',
    'visual.proj',
    'visual.conv1.weight',
    'visual.ln_pre.weight',
    'visual.ln_pre.bias',
    'visual.ln_post.weight',
    'visual.ln_post.bias',
    'token_embedding.weight',
)


class UnfitClipError(UserError):
    """An architecture that the towers of this library do not compute.

    Args:
        arch: Its name or keys.
        reason: What it has that no tower here computes.
    """

    def __init__(self, arch: str | dict, reason: str) -> None:
        super().__init__(f'{arch!r} does not run here: {reason}')
        self.reason = reason


def arch_config(arch: str | dict) -> dict[str, Any]:
    """open_clip's keys of an architecture.

    Raises:
        UserError: If it is unknown, a dict with other keys, or has what
            makes it another model than two transformers.
    """
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
    # How a trunk of timm starts and is trained is not the architecture.
    for key in ('timm_model_pretrained', 'timm_drop_path'):
        config['vision_cfg'].pop(key, None)
    # Says which of open_clip's classes holds the towers, not what they are.
    config.pop('custom_text', None)
    if 'multimodal_cfg' in config:
        raise UnfitClipError(arch, 'it is a CoCa, with a caption decoder')
    if config['text_cfg'].get('hf_model_name'):
        raise UnfitClipError(arch, "its text tower is one of Hugging Face's")
    known = (
        'embed_dim',
        'vision_cfg',
        'text_cfg',
        'quick_gelu',
        'init_logit_scale',
        'init_logit_bias',
    )
    others = [key for key in config if key not in known]
    if others or 'embed_dim' not in config:
        raise UserError(
            f'architecture with keys {list(config)}, expected {list(known)}'
        )
    return config


def check_whole(clip: dict[str, Tensor]) -> None:
    """Raise a UserError if tensors of a CLIP are missing."""
    expected = [
        f'{tower}.resblocks.{i}.{name}'
        for tower in ('visual.transformer', 'transformer')
        for i in range(max(1, _layers(clip, tower)))
        for name in BLOCK
    ]
    missing = [name for name in (*expected, *REST) if name not in clip]
    if missing == ['token_embedding.weight']:
        raise UserError(
            'the checkpoint comes without word embeddings: give the CLIP '
            'that it was trained on by --clip'
        )
    if missing:
        raise UserError(
            f'the checkpoint lacks {len(missing)} tensors of its CLIP: '
            f'{", ".join(missing[:3])}; if it comes without a tower, give the '
            'CLIP that it was trained on by --clip'
        )


def infer_arch(clip: dict[str, Tensor]) -> dict[str, Any] | str:
    """Tensors under OpenAI's names to the arch that they are of.

    An open_clip name where there is one, else a dict.

    Raises:
        UserError: If the images are not square, whose sides cannot be told.
    """
    conv, proj = clip['visual.conv1.weight'], clip['visual.proj']
    width, _, _, patch = conv.shape
    grid = side_of(clip['visual.positional_embedding'])
    vocabulary, text_width = clip['token_embedding.weight'].shape
    arch = dict(
        embed_dim=proj.size(1),
        quick_gelu=True,
        vision_cfg=dict(
            image_size=patch * grid,
            layers=_layers(clip, 'visual.transformer'),
            width=width,
            head_width=min(HEAD_WIDTH, width),
            patch_size=patch,
        ),
        text_cfg=dict(
            context_length=len(clip['positional_embedding']),
            vocab_size=vocabulary,
            width=text_width,
            heads=max(1, text_width // HEAD_WIDTH),
            layers=_layers(clip, 'transformer'),
        ),
    )
    return named_arch(arch)


def named_arch(arch: dict[str, Any]) -> dict[str, Any] | str:
    """open_clip's name of an architecture of CLIP, or the dict itself."""
    return next((name for name in NAMES if _same(arch, name)), arch)


def activation_of(arch: dict[str, Any] | str) -> str:
    """``'quick_gelu'`` or ``'gelu'``, as files of CLIP weights note it."""
    known = open_clip.get_model_config(arch) if isinstance(arch, str) else arch
    return 'quick_gelu' if known.get('quick_gelu') else 'gelu'


def side_of(positions: Tensor) -> int:
    """(1 + side * side, D) positions of an image to its side in patches.

    Raises:
        UserError: If the image is not square.
    """
    patches = len(positions) - 1
    side = math.isqrt(max(0, patches))
    if side < 1 or side * side != patches:
        raise UserError(
            f'the position embeddings are of {patches} patches, which are no '
            'square: the sides of the image cannot be told'
        )
    return side


def likely_name(clip: dict[str, Tensor]) -> str | None:
    """open_clip's name of what weights under OpenAI's names look like."""
    try:
        arch = infer_arch(clip)
    except (KeyError, ValueError):  # they lack what tells it
        return None
    if isinstance(arch, str):
        return arch.removesuffix('-quickgelu')
    vision = arch['vision_cfg']
    return (
        f'a CLIP of width {vision["width"]}, patches of '
        f'{vision["patch_size"]} and images of {vision["image_size"]}'
    )


def _layers(clip: dict[str, Tensor], tower: str) -> int:
    start = f'{tower}.resblocks.'
    numbers = {
        name.removeprefix(start).split('.')[0]
        for name in clip
        if name.startswith(start)
    }
    return len(numbers)


def _same(arch: dict, name: str) -> bool:
    known = open_clip.get_model_config(name)
    return _whole(arch) == _whole(known)


def _whole(arch: dict) -> dict[str, Any]:
    """An architecture with what open_clip leaves out, its defaults."""
    return dict(
        arch,
        quick_gelu=bool(arch.get('quick_gelu')),
        vision_cfg={**VISION, **arch['vision_cfg']},
        text_cfg={**TEXT, **arch['text_cfg']},
    )
