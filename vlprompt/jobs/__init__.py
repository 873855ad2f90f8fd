"""Commands whose results are kept: trainings, tests, and what they need."""

from .feature_job import FeatureJob
from .job import Job
from .jobs import Jobs
from .test_job import TestJob
from .train_job import TrainJob, best_validation

__all__ = [
    'FeatureJob',
    'Job',
    'Jobs',
    'TestJob',
    'TrainJob',
    'best_validation',
]
