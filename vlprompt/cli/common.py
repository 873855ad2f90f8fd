"""The flags that every command has, and how commands end."""

import logging
import os
import select
import signal
import sys
import time
import traceback
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from vlprompt.torch_messages import LOST_PROCESS
from vlprompt.user_messages import error_line
from vlprompt.written_values import Written

EXIT_USER_ERROR = 2
EXIT_OUTPUT_CUT = 141  # as if ended by SIGPIPE
EXIT_TERMINATED = 143  # by SIGTERM
# Seconds in which the launcher ends this process if another one has reported
# the same error, or the error that broke this one's connections.
PATIENCE = 5
PATIENCE_OF_RANK_0 = 2
# What launchers call the place of a process among all.
RANKS = ('RANK', 'SLURM_PROCID', 'OMPI_COMM_WORLD_RANK')


class Options(Action):
    """``key=value`` pairs, added to those before; of equal keys the last."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: Sequence[str],
        option_string: str | None = None,
    ) -> None:
        """Take the pairs; one without ``=`` is refused in one line."""
        options = dict(getattr(namespace, self.dest) or {})
        for pair in values:
            key, equals, value = pair.partition('=')
            if not (equals and key):
                parser.error(f'{option_string} {pair}: expected key=value')
            options[key] = Written(value)
        setattr(namespace, self.dest, options)


def add_options_argument(parser: ArgumentParser, purpose: str) -> None:
    """Add ``--cfg-options``."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Options,
        metavar='KEY=VALUE',
        help=purpose,
    )


def add_common_arguments(parser: ArgumentParser) -> None:
    """Add MMAction2's flags that training and testing share."""
    parser.add_argument(
        '--work-dir',
        help='folder of logs and results, ./work_dirs/<config name> if '
        'neither this nor the config names one',
    )
    add_options_argument(
        parser,
        'change the config: model.prompts.depth=6, key="[brush hair,clap]" '
        "for a list, key=\"['a, b', [1, 2]]\" with Python's quotes; what "
        'takes the place of a string is taken as it is',
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

    What the user can fix is one line and exit code 2, everything else a
    trace and exit code 1.  In a distributed job one process speaks for all.
    ``VLPROMPT_TRACE=1`` shows the trace in any case.

    Args:
        main: The command.
    """
    logging.raiseExceptions = False  # a log on a full drive is cut short
    try:
        with _terminable(), _output_may_be_cut():
            main()
    except KeyboardInterrupt as stop:
        _say_interrupted(stop)
        _leave(EXIT_TERMINATED if isinstance(stop, Terminated) else 130)
    except Exception as error:
        line = error_line(error)
        _let_others_report(line)
        if line is None or os.environ.get('VLPROMPT_TRACE') == '1':
            traceback.print_exc()
        if line is not None:
            print(f'error: {line}', file=sys.stderr, flush=True)
        _leave(1 if line is None else EXIT_USER_ERROR)
    if _is_distributed():
        dist = sys.modules['torch.distributed']
        dist.barrier()  # who leaves early breaks the connections of others
        dist.destroy_process_group()
        _leave_at_once(0)


class Terminated(KeyboardInterrupt):
    """The process was asked to end, by SIGTERM."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end this process as Ctrl-C does: what is open is closed.

    Not one of several, which a launcher ends, and which may wait for others
    where Python handles no signals.
    """
    if any(name in os.environ for name in RANKS):
        yield
        return
    owner = os.getpid()

    def end(number: int, frame: FrameType | None) -> None:
        if os.getpid() != owner:  # a worker, which inherits this
            os._exit(EXIT_TERMINATED)
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _say_interrupted(stop: KeyboardInterrupt) -> None:
    """One line, of the first process; workers of launchers say nothing."""
    if not is_first():
        return
    how = 'terminated' if isinstance(stop, Terminated) else 'interrupted'
    details = f': {stop}' if stop.args else ''
    print(f'{how}{details}', file=sys.stderr, flush=True)


@contextmanager
def _output_may_be_cut() -> Iterator[None]:
    """End quietly where what reads the output has ended, such as ``head``."""
    try:
        try:
            yield
        finally:  # also where a command ends by sys.exit
            sys.stdout.flush()
    except BrokenPipeError:
        if not _is_cut(sys.stdout):  # the pipe is another one
            raise
        # Python flushes again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OUTPUT_CUT)


def _is_cut(output: TextIO) -> bool:
    """Whether a file is a pipe that nobody reads."""
    if not hasattr(select, 'poll'):
        return False
    poll = select.poll()
    poll.register(output.fileno(), 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _is_distributed() -> bool:
    dist = sys.modules.get('torch.distributed')  # torch may be missing
    return dist is not None and dist.is_available() and dist.is_initialized()


def _let_others_report(line: str | None) -> None:
    """Wait, so that of the processes with an error one alone reports it."""
    if not is_first():
        time.sleep(PATIENCE)
    elif line in (None, LOST_PROCESS) and _is_distributed():
        time.sleep(PATIENCE_OF_RANK_0)


def is_first() -> bool:
    """Whether this is the only process of a job, or its first one."""
    return all(os.environ.get(name, '0') == '0' for name in RANKS)


def _leave(code: int) -> None:
    if _is_distributed():
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
