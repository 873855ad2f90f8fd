"""What the command-line tools are made of."""

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
from .inference import VideoClassifier, load_model
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
