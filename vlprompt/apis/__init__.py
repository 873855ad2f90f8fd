"""What one calls from Python: configs, checkpoints, models, predictions."""

from vlprompt.late import late_getattr

from .checkpoints import (
    Checkpoint,
    find_resumable,
    read_checkpoint,
    set_checkpoint,
)
from .config import load_config, set_work_dir
from .runner import build_runner

LATE = {  # they import all models
    'VideoClassifier': '.inference',
    'init_recognizer': '.inference',
    'load_model': '.inference',
    'report': 'vlprompt.report',
}
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
__getattr__ = late_getattr(__name__, LATE)
