"""Commands whose results are kept: trainings, tests, and what they need."""

from .job import Job
from .jobs import Jobs
from .test_job import TestJob
from .train_job import TrainJob, best_validation

__all__ = [
    'Job',
    'Jobs',
    'TestJob',
    'TrainJob',
    'best_validation',
]
