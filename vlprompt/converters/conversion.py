"""From a published checkpoint to our model, and back to plain CLIP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from mmengine.config import Config
from safetensors.torch import save
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.models.clip.files import read_clip_file
from vlprompt.models.clip.names import is_clip, to_openai
from vlprompt.registry import MODELS
from vlprompt.whole_files import write_bytes, write_text

from . import methods
from .clip_arch import check_whole, infer_arch
from .key_mapper import KeyMapper, KeyMove
from .published_checkpoint import read_published_checkpoint

# For each kind, where its weights lie in the file, and who sorts them.
KINDS: dict[str, tuple[tuple[str, ...], Callable[[KeyMapper], dict]]] = {
    'huggingface': (('state_dict',), methods.huggingface),
    'vifi': (('model',), methods.vifi),
    'vita': (('model',), methods.vita),
    'xclip': (('model',), methods.xclip),
    'actionclip': (('model_state_dict',), methods.actionclip),
    'mmaction-actionclip': (('state_dict',), methods.mmaction_actionclip),
    'a5': (('state_dict',), methods.a5),
    'aim': (('state_dict',), methods.aim),
    'clip4clip': ((), methods.clip4clip),
    'maple': (('state_dict',), methods.maple),
}


class Conversion(NamedTuple):
    """A published checkpoint in our terms.

    Attributes:
        clip: The whole CLIP, float32 under OpenAI's names.
        parts: All other parameters, under our names.
        model: Config of the model, without its ``clip``.
        arch: The CLIP's architecture.
        moved: What went where.
    """

    clip: dict[str, Tensor]
    parts: dict[str, Tensor]
    model: dict[str, Any]
    arch: dict[str, Any] | str
    moved: list[KeyMove]


def convert(
    kind: str, content: dict, base: dict[str, Tensor] | None = None
) -> Conversion:
    """Sort the weights of a published checkpoint.

    Args:
        kind: One of ``KINDS``.
        content: What the file holds, of :func:`read_published_checkpoint`,
            or its state dict alone.
        base: Weights of the CLIP under OpenAI's names, for what the
            checkpoint lacks (ViFi-CLIP and MaPLe leave out the word
            embeddings).

    Raises:
        UserError: If the kind is unknown, or tensors are missing or left
            over.
    """
    if kind not in KINDS:
        raise UserError(f'kind {kind!r}, expected one of {list(KINDS)}')
    places, sort = KINDS[kind]
    keys = KeyMapper(_weights(content, places))
    model = sort(keys)
    keys.check_nothing_is_left()
    clip = _complete(keys.clip, base or {})
    check_whole(clip)
    return Conversion(clip, keys.parts, model, infer_arch(clip), keys.moved())


def build(conversion: Conversion, clip_file: str) -> nn.Module:
    """The model of a conversion, with all of its weights.

    Args:
        conversion: Of :func:`convert`.
        clip_file: Where :func:`save_clip` has put its CLIP.

    Raises:
        UserError: If the parts do not fit the model.
    """
    model = MODELS.build(model_config(conversion, clip_file))
    own = dict(model.named_parameters())
    missing = [
        name
        for name in own
        if not is_clip(name) and name not in conversion.parts
    ]
    if missing:
        raise UserError(
            f'the checkpoint lacks {len(missing)} parameters of the model: '
            + ', '.join(missing[:5])
        )
    for name, tensor in conversion.parts.items():
        if name not in own or own[name].shape != tensor.shape:
            there = tuple(own[name].shape) if name in own else 'nothing'
            raise UserError(
                f'{name} is {tuple(tensor.shape)} in the checkpoint, the '
                f'model has {there}'
            )
        own[name].data.copy_(tensor)
    return model


def model_config(conversion: Conversion, clip_file: str) -> dict[str, Any]:
    """The whole model of a conversion, as a config."""
    base = dict(
        type='VideoTextRecognizer',
        backbone=dict(type='CLIPVisionTower'),
        cls_head=dict(type='SimilarityHead'),
    )
    model = {**base, **conversion.model}
    model['clip'] = dict(arch=conversion.arch, pretrained=str(clip_file))
    model['cls_head'] = dict(model['cls_head'], average_clips='prob')
    return model


def save_clip(clip: dict[str, Tensor], path: str | Path) -> None:
    """Write a CLIP as safetensors, under OpenAI's names."""
    tensors = {name: t.detach().contiguous() for name, t in clip.items()}
    write_bytes(path, save(tensors, {'activation': 'quick_gelu'}))


def merged_clip(model: nn.Module) -> dict[str, Tensor]:
    """The CLIP of a model that has learnt nothing besides it.

    Raises:
        UserError: If other parts have weights, without which this would be
            another model.
    """
    named = dict(model.named_parameters())
    others = [name for name in named if not is_clip(name)]
    others += [type(m).__name__ for m in model.backbone.adapters[0]]
    if others:
        raise UserError(
            f'there is no merged CLIP of this model: {others[0]} and '
            f'{len(others) - 1} others are not part of a CLIP'
        )
    return {to_openai(name): p.detach() for name, p in named.items()}


def load_base(path: str | None) -> dict[str, Tensor] | None:
    """Weights of a CLIP, from a file."""
    return None if path is None else read_clip_file(path).state_dict


def write_config(
    conversion: Conversion, clip_file: str, path: Path, base: str | None
) -> None:
    """Write the config of a conversion.

    Args:
        conversion: Of :func:`convert`.
        clip_file: Where its CLIP lies.
        path: Where to write to.
        base: A config that gives everything but the model, if wanted.
    """
    model = model_config(conversion, clip_file)
    if base is None:
        config = Config(dict(default_scope='vlprompt', model=model))
    else:
        config = Config.fromfile(base)
        given = config.get('model', {})
        if 'data_preprocessor' in given:
            model['data_preprocessor'] = given.data_preprocessor
        config.model = model
    write_text(path, config.pretty_text)


def read(kind: str, path: str | Path) -> dict:
    """Read a published checkpoint of some kind."""
    content = read_published_checkpoint(path)
    if kind == 'actionclip':
        fusion = content.pop('fusion_model_state_dict', None) or {}
        weights = content.get('model_state_dict')
        if isinstance(weights, dict):
            for name, tensor in fusion.items():
                weights['fusion.' + name.removeprefix('module.')] = tensor
    return content


def _weights(content: dict, places: tuple[str, ...]) -> dict[str, Tensor]:
    for place in places:
        if isinstance(content.get(place), dict):
            content = content[place]
    tensors = {k: v for k, v in content.items() if torch.is_tensor(v)}
    if not tensors:
        raise UserError(
            f'no weights in the checkpoint, which has {list(content)[:8]}; '
            f'expected them below {places or "the top"}'
        )
    others = [k for k in content if k not in tensors]
    if others:
        raise UserError(f'{others[0]!r} in the checkpoint is no tensor')
    return tensors


def _complete(
    own: dict[str, Tensor], base: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Add what a checkpoint has nothing of: a tower, the word embeddings.

    A tower that it has must be whole by itself.
    """
    present = {_part_of(name) for name in own}
    added = {
        name: tensor.float()
        for name, tensor in base.items()
        if _part_of(name) not in present
    }
    return {**added, **own}


def _part_of(name: str) -> str:
    if name.startswith('visual.') or name == 'logit_scale':
        return 'visual'
    return 'words' if name.startswith('token_embedding') else 'text'
