"""The configs of the repository, each read once, and their models."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import torch
from mmengine.config import Config
from torch import nn

from vlprompt.models.clip.tokenizers import STAND_IN
from vlprompt.registry import MODELS

FOLDER = Path(__file__).parents[1] / 'configs'
CONFIGS = sorted(FOLDER.glob('[!_]*/*.py'))


@cache
def read(path: Path) -> Config:
    """The config of a file; it is shared, and must not be changed."""
    return Config.fromfile(path)


def is_toy(path: Path) -> bool:
    """Whether a config is in the size of the toy world."""
    return '_toy' in path.stem


@cache
def full_size_models() -> tuple[Path, ...]:
    """The first config of each full-size model."""
    first = {}
    for path in CONFIGS:
        if not is_toy(path):
            first.setdefault(str(read(path).model), path)
    return tuple(first.values())


def build(cfg: Config, **parts) -> nn.Module:
    """The model of a config, with random CLIP weights.

    Args:
        cfg: The config; it stays as it is.
        parts: Parts of the model to replace.
    """
    model = {**cfg.model.to_dict(), **parts}
    model['clip'].update(pretrained=None, finetuned=None, tokenizer=STAND_IN)
    return MODELS.build(model)


def build_empty(cfg: Config) -> nn.Module:
    """The model of a config with weights that have shapes, but no values."""
    with torch.device('meta'):  # mixup draws numbers when it is made
        return build(cfg, data_preprocessor=None)


def offenders(
    check: Callable[[Path], None], paths: Iterable[Path] = CONFIGS
) -> dict[str, str]:
    """What is wrong with each config of which a check fails."""
    found = {}
    for path in paths:
        try:
            check(path)
        except Exception as error:
            found[path.stem] = f'{type(error).__name__}: {error}'
    return found
