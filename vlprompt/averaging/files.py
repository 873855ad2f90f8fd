"""Averaged weights as an ordinary checkpoint."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.finite import first_non_finite
from vlprompt.whole_files import whole_file

from .recipe import KEY, Recipe

AVERAGED = 'averaged.pth'  # of a training, in its work folder
HOOK = 'EpochAverageHook'
# What a checkpoint keeps of those it was made of.  Not the epoch: it is no
# state of a training that could go on.
KEPT = ('dataset_meta', 'seed', 'decoder', 'cfg', 'experiment_name')


def ends_averaged(config: Config) -> bool:
    """Whether a training leaves the mean of its epochs."""
    hooks = [*(config.get('default_hooks') or {}).values()]
    hooks += config.get('custom_hooks') or ()
    kinds = [hook.get('type') for hook in hooks if isinstance(hook, dict)]
    names = (getattr(kind, '__name__', str(kind)) for kind in kinds)
    return HOOK in (name.rpartition('.')[2] for name in names)


def save_averaged(
    path: str | Path,
    state: Mapping[str, Tensor],
    recipe: Recipe,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Write a checkpoint that carries its recipe.

    Args:
        path: The file.
        state: What a model has learned, averaged.
        recipe: What it is made of.
        meta: Of the last checkpoint that went into it.

    Raises:
        UserError: If a weight is not finite; nothing is written then.
    """
    name = first_non_finite(state)
    if name is not None:
        raise UserError(f'{name} is not finite in the mean: nothing is saved')
    kept = {key: value for key, value in (meta or {}).items() if key in KEPT}
    kept[KEY] = recipe.to_meta()
    with whole_file(path) as part:
        torch.save(dict(meta=kept, state_dict=dict(state)), part)
