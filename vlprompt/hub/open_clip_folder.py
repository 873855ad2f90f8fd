"""Folders of open_clip: a CLIP, here over frames."""

from pathlib import Path
from typing import Any

from vlprompt.errors import UserError

from .hub_model import HubModel, test_config, weights_in
from .json_files import read_json
from .preprocessing import OPENAI, Preprocessing, has_colors
from .transformers_folder import CLIP_FRAMES, TEMPLATE, clip_over_frames

OPEN_CLIP = 'open_clip_config.json'
WEIGHTS = ('open_clip_model.safetensors',)
PIXELS = 224


def read_open_clip_folder(folder: Path) -> HubModel:
    """CLIP over frames from a folder of open_clip.

    Raises:
        UserError: If a file is missing, or the CLIP is not one of
            transformers alone.
    """
    content = read_json(folder / OPEN_CLIP)
    arch = content.get('model_cfg')
    if not isinstance(arch, dict) or _texts(arch):
        raise UserError(
            f'{folder / OPEN_CLIP}: not a CLIP of plain transformers, which '
            'are all that folders are read as; if open_clip knows it, name it '
            'in a config, clip=dict(arch=..., pretrained=...)'
        )
    given = content.get('preprocess_cfg') or {}
    if not isinstance(given, dict):
        raise UserError(
            f'{folder / OPEN_CLIP}: preprocess_cfg is {given!r}, expected an '
            'object'
        )
    steps = _preprocessing(given, arch, folder)
    weights = weights_in(folder, *WEIGHTS)
    clip = dict(arch=arch, pretrained=weights)
    model = clip_over_frames(clip, steps, trainable=[])
    facts = dict(
        layout='open_clip',
        method='CLIP',
        frames=CLIP_FRAMES,
        template=TEMPLATE,
    )
    return HubModel(
        test_config(model, steps.pipeline(CLIP_FRAMES)), None, facts
    )


def _texts(arch: dict[str, Any]) -> list[str]:
    """Keys whose values open_clip would look up somewhere."""
    values = [arch, *(v for v in arch.values() if isinstance(v, dict))]
    return [
        key
        for level in values
        for key, value in level.items()
        if isinstance(value, str)
    ]


def _preprocessing(
    given: dict[str, Any], arch: dict[str, Any], folder: Path
) -> Preprocessing:
    mean, std, _ = OPENAI
    vision = arch.get('vision_cfg')
    size = vision.get('image_size', PIXELS) if isinstance(vision, dict) else 0
    mode = given.get('resize_mode', 'shortest')
    interpolation = given.get('interpolation', 'bicubic')
    mean, std = given.get('mean', mean), given.get('std', std)
    if (
        type(size) is not int
        or mode not in ('shortest', 'squash')
        or interpolation not in ('bicubic', 'bilinear')
    ):
        raise UserError(
            f'{folder / OPEN_CLIP}: image_size {size!r}, resize_mode {mode!r}'
            f' or interpolation {interpolation!r} is not known here'
        )
    if not (has_colors(mean) and has_colors(std)):
        raise UserError(
            f'{folder / OPEN_CLIP}: mean {mean!r} or std {std!r}, expected '
            'three numbers'
        )
    return Preprocessing(
        (-1, size) if mode == 'shortest' else (size, size),
        size,
        interpolation,
        tuple(mean),
        tuple(std),
    )
