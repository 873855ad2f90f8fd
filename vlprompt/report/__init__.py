"""One page on a run: what was measured, on what, and what went wrong."""

from .page import quick_report, report
from .run_folder import Run, TestRecord, TrainingRecord, read_run

__all__ = [
    'Run',
    'TestRecord',
    'TrainingRecord',
    'quick_report',
    'read_run',
    'report',
]
