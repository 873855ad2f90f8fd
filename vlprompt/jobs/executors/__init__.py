"""Ways to run the commands of jobs."""

from .executor import Call, Executor, JobFailed
from .in_process_executor import InProcessExecutor
from .slurm_executor import SlurmExecutor
from .subprocess_executor import SubprocessExecutor

__all__ = [
    'Call',
    'Executor',
    'InProcessExecutor',
    'JobFailed',
    'SlurmExecutor',
    'SubprocessExecutor',
]
