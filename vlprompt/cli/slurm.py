"""Start a command as tasks of a Slurm cluster: ``--slurm``."""

import os
import random
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from vlprompt.errors import UserError

TASKS = 8
TASKS_PER_NODE = 8  # at most
CPUS_PER_TASK = 5
PORTS = range(12000, 32000)


def add_arguments(parser: ArgumentParser) -> None:
    """Add ``--slurm`` and the flags that say more about the job."""
    parser.add_argument(
        '--slurm',
        nargs='?',
        const='',
        metavar='PARTITION',
        help="start the processes by srun, in the cluster's own partition if "
        f'none is named; --gpus is {TASKS} if not given',
    )
    parser.add_argument(
        '--job-name', metavar='NAME', help="the config's name if not given"
    )
    parser.add_argument(
        '--gpus-per-node',
        type=int,
        metavar='N',
        help=f'all, up to {TASKS_PER_NODE}, if not given',
    )
    parser.add_argument(
        '--cpus-per-task',
        type=int,
        metavar='N',
        help=f'cores of a process, {CPUS_PER_TASK} if not given',
    )
    parser.add_argument(
        '--srun-args',
        metavar='FLAGS',
        help="more flags of srun, in quotes: '--gres=none --time=8:00:00'",
    )


def check(args: Namespace) -> None:
    """Refuse flags of a Slurm job without one.

    Raises:
        UserError: It names the flag.
    """
    if args.slurm is not None:
        return
    for flag in ('job_name', 'gpus_per_node', 'cpus_per_task', 'srun_args'):
        if getattr(args, flag) is not None:
            raise UserError(f'--{flag.replace("_", "-")} without --slurm')


def become_srun(program: Sequence[str], args: Namespace) -> NoReturn:
    """Replace this process by srun.

    Args:
        program: Arguments of Python.
        args: The command line.

    Raises:
        UserError: If there is no srun.
    """
    port = random.choice(PORTS)
    os.environ.setdefault('MASTER_PORT', str(port))
    command = [*srun(args), sys.executable, '-u', *program]
    sys.stdout.flush()
    try:
        os.execvp(command[0], command)
    except FileNotFoundError as error:
        raise UserError(
            '--slurm needs srun, which is not on the PATH: start the job on '
            'a login node of the cluster'
        ) from error


def srun(args: Namespace) -> list[str]:
    """The call of srun."""
    tasks = args.gpus or TASKS
    on_node = args.gpus_per_node or min(tasks, TASKS_PER_NODE)
    partition = [f'--partition={args.slurm}'] if args.slurm else []
    return [
        'srun',
        *partition,
        f'--job-name={args.job_name or Path(args.config).stem}',
        f'--gres=gpu:{on_node}',
        f'--ntasks={tasks}',
        f'--ntasks-per-node={on_node}',
        f'--cpus-per-task={args.cpus_per_task or CPUS_PER_TASK}',
        '--kill-on-bad-exit=1',
        *shlex.split(args.srun_args or ''),
    ]
