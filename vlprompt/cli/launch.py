"""Start GPUS processes of a script: ``dist_run.py GPUS SCRIPT [arguments]``.

It is torchrun, told by NNODES, NODE_RANK, MASTER_ADDR and PORT about the
machines, and quiet when a process fails: that process has said why.
"""

import logging
import os
import sys
from collections.abc import Sequence

import torch
from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import (
    ChildFailedError,
    ProcessFailure,
)
from torch.distributed.run import parse_args, run


def main(args: Sequence[str]) -> int:
    """Start the processes, wait for them, and return the exit code."""
    gpus, *command = args
    cores = torch.get_num_threads()
    os.environ.setdefault('OMP_NUM_THREADS', str(max(1, cores // int(gpus))))
    os.environ.setdefault('MKL_NUM_THREADS', os.environ['OMP_NUM_THREADS'])
    logging.disable(logging.ERROR)
    try:
        run(parse_args([*_machines(), f'--nproc-per-node={gpus}', *command]))
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


def _report(rank: int, failure: ProcessFailure) -> int:
    code = failure.exitcode
    if code < 0:
        how = failure.signal_name()
        print(f'error: process {rank} ended by {how}', file=sys.stderr)
        return 128 - code
    return code


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
