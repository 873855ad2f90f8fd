"""What one calls from Python: configs, checkpoints, models, predictions."""

import importlib
from typing import Any

from .checkpoints import (
    Checkpoint,
    find_resumable,
    read_checkpoint,
    set_checkpoint,
)
from .config import load_config, set_work_dir
from .runner import build_runner

LATE = ('VideoClassifier', 'load_model')  # they import all models
__all__ = [
    *LATE,
    'Checkpoint',
    'build_runner',
    'find_resumable',
    'load_config',
    'read_checkpoint',
    'set_checkpoint',
    'set_work_dir',
]


def __getattr__(name: str) -> Any:
    """Import what is slow to import when it is used."""
    if name not in LATE:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(importlib.import_module('.inference', __name__), name)
