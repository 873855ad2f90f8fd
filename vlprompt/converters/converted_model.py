"""The model of a conversion, and its config."""

from pathlib import Path
from typing import Any

from mmengine.config import Config
from torch import nn

from vlprompt.errors import UserError
from vlprompt.models.clip.names import is_clip
from vlprompt.registry import MODELS
from vlprompt.whole_files import write_text

from .conversion import Conversion


def build(conversion: Conversion, clip_file: str) -> nn.Module:
    """The model of a conversion, with all of its weights.

    Args:
        conversion: Of :func:`convert`.
        clip_file: Where :func:`save_clip` has put its CLIP.

    Raises:
        UserError: If the parts do not fit the model.
    """
    model = MODELS.build(model_config(conversion, clip_file))
    parameters = dict(model.named_parameters())
    own = {**dict(model.named_buffers()), **parameters}
    missing = [
        name
        for name in parameters
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


def write_config(
    conversion: Conversion,
    clip_file: str,
    path: Path,
    base: Config | str | None,
) -> None:
    """Write the config of a conversion.

    Args:
        conversion: Of :func:`convert`.
        clip_file: Where its CLIP lies.
        path: Where to write to.
        base: A config, or its file, that gives everything but the model, if
            wanted.
    """
    model = model_config(conversion, clip_file)
    if base is None:
        config = Config(dict(default_scope='vlprompt', model=model))
    else:
        config = Config.fromfile(base) if isinstance(base, str) else base
        given = config.get('model', {})
        if 'data_preprocessor' in given:
            model['data_preprocessor'] = given.data_preprocessor
        config.model = model
    write_text(path, config.pretty_text)
