"""Start a command in several processes: ``--gpus N`` and ``--slurm``.

Without Slurm it is torchrun, told by NNODES, NODE_RANK, MASTER_ADDR and PORT
about the machines, and quiet when a process fails: that process has said why.
"""

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from vlprompt.errors import UserError

from . import slurm
from .child import must_be_safe

if TYPE_CHECKING:
    from torch.distributed.elastic.multiprocessing.errors import ProcessFailure


def add_launch_arguments(parser: ArgumentParser) -> None:
    """Add the flags that start several processes."""
    group = parser.add_argument_group('several processes')
    group.add_argument(
        '--gpus',
        type=int,
        metavar='N',
        help='start N processes, one for each GPU; without GPUs, on the CPU. '
        'For several machines start the same on each, with NNODES, '
        'NODE_RANK, MASTER_ADDR and PORT in the environment',
    )
    slurm.add_arguments(group)


def is_launcher(args: Namespace) -> bool:
    """Whether the flags ask to start processes, and fit each other.

    Raises:
        UserError: If they do not.
    """
    slurm.check(args)
    if args.gpus is None and args.slurm is None:
        return False
    if args.gpus is not None and args.gpus < 1:
        raise UserError(f'--gpus {args.gpus}, expected at least 1')
    if args.launcher != 'none':
        raise UserError(
            f'--launcher {args.launcher} is for processes that are started '
            'already: leave it out with --gpus and --slurm'
        )
    return True


def start(command: str, args: Namespace) -> NoReturn:
    """Run a command in the processes that its flags ask for.

    Args:
        command: ``'train'`` or ``'test'``.
        args: Its parsed command line.

    Raises:
        SystemExit: With the exit code of the processes.
    """
    parser = ArgumentParser(add_help=False)
    add_launch_arguments(parser)
    _, words = parser.parse_known_args(args.words)
    if must_be_safe():
        os.environ['PYTHONSAFEPATH'] = '1'
    program = ['-m', 'vlprompt', command, *words, '--launcher']
    if args.slurm is not None:
        slurm.become_srun([*program, 'slurm'], args)
    sys.exit(run_processes(args.gpus, [*program, 'pytorch']))


def run_processes(number: int, program: Sequence[str]) -> int:
    """Start the processes, wait for them, and return the exit code."""
    import torch
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import (
        ChildFailedError,
    )
    from torch.distributed.run import parse_args, run

    cores = torch.get_num_threads()
    os.environ.setdefault('OMP_NUM_THREADS', str(max(1, cores // number)))
    os.environ.setdefault('MKL_NUM_THREADS', os.environ['OMP_NUM_THREADS'])
    logging.disable(logging.ERROR)
    flags = [*_machines(), f'--nproc-per-node={number}']
    try:
        run(parse_args([*flags, *program]))
    except ChildFailedError as error:
        return _report(*error.get_first_failure())
    except SignalException as error:
        return 128 + error.sigval
    return 0


def _machines() -> list[str]:
    num = os.environ.get('NNODES', '1')
    if num == '1' and 'PORT' not in os.environ:
        return ['--standalone']  # any free port, for several jobs at a time
    return [
        f'--nnodes={num}',
        f'--node-rank={os.environ.get("NODE_RANK", "0")}',
        f'--master-addr={os.environ.get("MASTER_ADDR", "127.0.0.1")}',
        f'--master-port={os.environ.get("PORT", "29500")}',
    ]


def _report(rank: int, failure: 'ProcessFailure') -> int:
    code = failure.exitcode
    if code < 0:
        how = failure.signal_name()
        print(f'error: process {rank} ended by {how}', file=sys.stderr)
        return 128 - code
    return code
