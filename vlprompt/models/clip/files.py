"""Files of CLIP weights, in every format that is in use."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.weights import load_weights_file

from .names import to_openai

# Buffers of OpenAI's archives, which say nothing the shapes do not say.
OPENAI_BUFFERS = ('input_resolution', 'context_length', 'vocab_size')
# What open_clip writes beside the weights that it uploads.
OPEN_CLIP_CONFIG = 'open_clip_config.json'
# In front of these stands what a file has in front of all its names.
ANCHORS = (
    'backbone.visual.conv1.weight',
    'visual.conv1.weight',
    'visual.trunk.blocks.0.norm1.weight',
    'token_embedding.weight',
)


class ClipFile(NamedTuple):
    """What a file of CLIP weights holds.

    Attributes:
        state_dict: Tensors under OpenAI's names, in the stored precision.
        activation: ``'quick_gelu'``, ``'gelu'``, or None if the file does
            not tell.
    """

    state_dict: dict[str, Tensor]
    activation: str | None


def read_clip_file(path: str | Path) -> ClipFile:
    """Read CLIP weights without ever running what a file contains.

    Reads OpenAI's TorchScript archives, state dicts of OpenAI's or
    open_clip's layout (plain, below ``state_dict`` or another known key,
    with or without what training puts in front of names), and safetensors,
    whose metadata may name the ``activation``.

    Args:
        path: The file; ``FILE::PLACE`` for weights below the key ``PLACE``.

    Raises:
        UserError: If the file is missing or holds something else.
    """
    loaded = load_weights_file(path, 'file of CLIP weights', ANCHORS)
    state_dict = loaded.tensors
    activation = loaded.file.metadata.get('activation')
    if any(name in state_dict for name in OPENAI_BUFFERS):
        activation = 'quick_gelu'
    renamed: dict[str, Tensor] = {}
    for name, tensor in state_dict.items():
        if name in OPENAI_BUFFERS or name.endswith('attn_mask'):
            continue
        if to_openai(name) in renamed:
            raise UserError(f'{path} has two tensors for {to_openai(name)}')
        renamed[to_openai(name)] = tensor
    return ClipFile(renamed, activation or _config_activation(path))


def config_beside(path: str | Path) -> dict[str, Any]:
    """What the config says that open_clip writes beside its weights.

    Args:
        path: The file of weights.

    Returns:
        Nothing if there is no such config, or it cannot be read.
    """
    path = Path(path).expanduser()
    config = path.with_name(OPEN_CLIP_CONFIG)
    if not path.name.startswith('open_clip_') or not config.is_file():
        return {}
    try:
        found = json.loads(config.read_text(encoding='utf-8'))
    except (ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _config_activation(path: str | Path) -> str | None:
    model = config_beside(path).get('model_cfg')
    if not isinstance(model, dict):
        return None
    return 'quick_gelu' if model.get('quick_gelu') else 'gelu'
