"""What the command-line tools are made of."""

import importlib
from typing import Any

from .checkpoints import Checkpoint, find_resumable, read_checkpoint
from .command_line import add_common_arguments, run_command
from .config import load_config, set_work_dir
from .distributed import set_up_processes
from .evaluation import (
    dump_predictions,
    set_checkpoint,
    skip_broken_videos,
    visualize,
    write_metrics,
)
from .runner import build_runner
from .training import (
    resume,
    scale_learning_rate,
    set_randomness,
    use_mixed_precision,
)

__all__ = [
    'Checkpoint',
    'VideoClassifier',
    'add_common_arguments',
    'build_runner',
    'dump_predictions',
    'find_resumable',
    'load_config',
    'load_model',
    'read_checkpoint',
    'resume',
    'run_command',
    'scale_learning_rate',
    'set_checkpoint',
    'set_randomness',
    'set_up_processes',
    'set_work_dir',
    'skip_broken_videos',
    'use_mixed_precision',
    'visualize',
    'write_metrics',
]

LATE = ('VideoClassifier', 'load_model')  # they import all models


def __getattr__(name: str) -> Any:
    """Import what is slow to import when it is used."""
    if name not in LATE:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(importlib.import_module('.inference', __name__), name)
