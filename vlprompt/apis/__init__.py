"""What one calls from Python: configs, checkpoints, models, predictions."""

from vlprompt.late import late_getattr

from .checkpoints import (
    Checkpoint,
    find_resumable,
    read_checkpoint,
    set_checkpoint,
)
from .config import load_config, set_work_dir
from .find_model import FoundModel, find_model
from .runner import build_runner

LATE = {  # they import all models
    'Embedding': '.predictions',
    'Exported': '.export_model',
    'Frames': '..clips.sources',
    'Merged': '.merge_model',
    'Prediction': '.predictions',
    'Timeline': '.predictions',
    'VideoClassifier': '.video_classifier',
    'VideoEmbedder': '.video_embedder',
    'build_index': '..search.build',
    'export': '.export_model',
    'init_recognizer': '.inference',
    'load_model': '.inference',
    'merge': '.merge_model',
    'open_index': '..search.video_index',
    'report': 'vlprompt.report',
    'train_folder': 'vlprompt.own_videos.train',
}
__all__ = [
    *LATE,
    'Checkpoint',
    'FoundModel',
    'build_runner',
    'find_model',
    'find_resumable',
    'load_config',
    'read_checkpoint',
    'set_checkpoint',
    'set_work_dir',
]
__getattr__ = late_getattr(__name__, LATE)
