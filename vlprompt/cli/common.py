"""The flags that every command has, and how commands end."""

import logging
import os
import sys
import time
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import Any

import torch.distributed as dist
from mmengine.config import DictAction

from vlprompt.user_messages import error_line

EXIT_USER_ERROR = 2
# Seconds in which the launcher ends this process if another one has reported
# the same error, or the error that broke this one's connections.
PATIENCE = 5
PATIENCE_OF_RANK_0 = 2


class Options(DictAction):
    """``key=value`` pairs, read as MMEngine does, but for two things.

    A text that is no list keeps its spaces (``a photo of a {}.``), and a pair
    without ``=`` is refused in one line.
    """

    @staticmethod
    def _parse_iterable(value: str) -> Any:
        wrapped = value.startswith(('[', '(')) and value.endswith((']', ')'))
        if wrapped or ',' in value:
            return DictAction._parse_iterable(value)
        return DictAction._parse_int_float_bool(value.strip('\'"'))

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: Sequence[str],
        option_string: str | None = None,
    ) -> None:
        """Add the pairs to those given before."""
        for pair in values:
            if '=' not in pair:
                parser.error(f'{option_string} {pair}: expected key=value')
        super().__call__(parser, namespace, values, option_string)


def add_common_arguments(parser: ArgumentParser) -> None:
    """Add MMAction2's flags that training and testing share."""
    parser.add_argument(
        '--work-dir',
        help='folder of logs and results, ./work_dirs/<config name> if '
        'neither this nor the config names one',
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Options,
        metavar='KEY=VALUE',
        help='change the config: model.prompts.depth=6, key="[a,b]" for a '
        'list, key="[(a,b),(c,d)]" for nested ones (quoted, no spaces)',
    )
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm', 'mpi'],
        default='none',
        help='what started the processes of a distributed job',
    )
    parser.add_argument(
        '--local-rank', '--local_rank', type=int, default=0, help='unused here'
    )


def run_command(main: Callable[[], object]) -> None:
    """Run a command, and end its process as a command should.

    What the user can mend is one line and exit code 2, everything else a
    trace and exit code 1.  In a distributed job one process speaks for all.
    ``VLPROMPT_TRACE=1`` shows the trace in any case.

    Args:
        main: The command.
    """
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        line = error_line(error)
        _let_others_report(line)
        if line is None or os.environ.get('VLPROMPT_TRACE') == '1':
            traceback.print_exc()
        if line is not None:
            print(f'error: {line}', file=sys.stderr, flush=True)
        _leave(1 if line is None else EXIT_USER_ERROR)
    if dist.is_initialized():
        dist.barrier()  # who leaves early breaks the connections of others
        dist.destroy_process_group()
        _leave_at_once(0)


def _let_others_report(line: str | None) -> None:
    """Wait, so that of the processes with an error one alone reports it."""
    ranks = ('RANK', 'SLURM_PROCID', 'OMPI_COMM_WORLD_RANK')
    if any(os.environ.get(name, '0') != '0' for name in ranks):
        time.sleep(PATIENCE)
    elif line is None and dist.is_initialized():
        time.sleep(PATIENCE_OF_RANK_0)


def _leave(code: int) -> None:
    if dist.is_initialized():
        # The others may wait in a collective that will never be completed.
        _leave_at_once(code)
    sys.exit(code)


def _leave_at_once(code: int) -> None:
    """End without waiting for the threads of libraries.

    Some of them, once in many distributed jobs, abort a process that has
    done its work.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
