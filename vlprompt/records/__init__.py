"""What runs leave behind for their reports."""

from vlprompt.late import late_getattr

from .files import PREDICTIONS, TEST, TRAINING, read_json, write_json
from .predictions import ClassPredictions, RetrievalPredictions
from .predictions import read_predictions as read_predictions

LATE = {'RecordHook': '.record_hook'}
__all__ = [
    *LATE,
    'PREDICTIONS',
    'TEST',
    'TRAINING',
    'ClassPredictions',
    'RetrievalPredictions',
    'read_json',
    'read_predictions',
    'write_json',
]
__getattr__ = late_getattr(__name__, LATE)
