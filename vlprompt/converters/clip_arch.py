"""What CLIP a set of weights belongs to."""

from typing import Any

import open_clip
from torch import Tensor

NAMES = tuple(
    f'{name}-quickgelu'
    for name in ('ViT-B-16', 'ViT-B-32', 'ViT-L-14', 'ViT-L-14-336')
)
HEAD_WIDTH = 64  # in every CLIP of transformers that OpenAI has published


def infer_arch(clip: dict[str, Tensor]) -> dict[str, Any] | str:
    """Tensors under OpenAI's names to the arch that they are of.

    An open_clip name where there is one, else a dict.
    """
    conv, proj = clip['visual.conv1.weight'], clip['visual.proj']
    width, _, _, patch = conv.shape
    grid = round((len(clip['visual.positional_embedding']) - 1) ** 0.5)
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
    return next((name for name in NAMES if _same(arch, name)), arch)


def _layers(clip: dict[str, Tensor], tower: str) -> int:
    return sum(
        name.startswith(f'{tower}.resblocks.')
        and name.endswith('.attn.in_proj_weight')
        for name in clip
    )


def _same(arch: dict, name: str) -> bool:
    known = open_clip.get_model_config(name)
    return arch['embed_dim'] == known['embed_dim'] and all(
        arch[cfg].get(key) == value
        for cfg in ('vision_cfg', 'text_cfg')
        for key, value in known[cfg].items()
    )
