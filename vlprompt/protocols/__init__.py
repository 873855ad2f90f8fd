"""The evaluation protocols of the papers, as jobs and tables."""

from vlprompt.datasets.catalog import (
    ProtocolData,
    Split,
    find_data_set,
    point_at,
)
from vlprompt.datasets.pipelines import count_views, parse_views, set_views

from .command_line import (
    add_protocol_arguments,
    add_training_arguments,
    dry_run,
    evaluation_job,
    find_config,
    learns,
    make_jobs,
    train_and_test,
)
from .jobs import Job, Jobs
from .published import published_rows, read_published
from .reports import describe, finish
from .tables import (
    deviation,
    harmonic_mean,
    markdown,
    mean_and_deviation,
    percent,
)

__all__ = [
    'Job',
    'Jobs',
    'ProtocolData',
    'Split',
    'add_protocol_arguments',
    'add_training_arguments',
    'count_views',
    'describe',
    'deviation',
    'dry_run',
    'find_config',
    'find_data_set',
    'finish',
    'harmonic_mean',
    'learns',
    'make_jobs',
    'markdown',
    'mean_and_deviation',
    'parse_views',
    'percent',
    'point_at',
    'published_rows',
    'read_published',
    'set_views',
    'evaluation_job',
    'train_and_test',
]
