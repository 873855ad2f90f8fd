"""What a protocol is, and how one is run."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from vlprompt.cli.common import Options, add_options_argument
from vlprompt.cli.parsing import parse
from vlprompt.tables import Table
from vlprompt.tracking.trackers import add_track_argument, check_trackers
from vlprompt.written_values import read_value

from .reports import provenance_notes, write_report
from .settings import Settings

if TYPE_CHECKING:
    from vlprompt.jobs import Job
    from vlprompt.jobs.executors import Executor

Metrics = Mapping[str, Mapping[str, float]]  # by the names of jobs


class Protocol(ABC):
    """Trainings and tests, and the tables that are made of their metrics.

    Attributes:
        name: In reports and in the path of the results.
    """

    name: ClassVar[str]

    @abstractmethod
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the flags that other protocols do not have."""

    @abstractmethod
    def settings(self, args: Namespace) -> Settings:
        """Read the command line.

        Raises:
            UserError: If flags do not fit each other or the data sets.
        """

    @abstractmethod
    def jobs(self, settings: Any) -> list[Job]:
        """What is to be run.

        Args:
            settings: What the method of this name has returned.

        Raises:
            UserError: If a config or a checkpoint does not fit.
        """

    @abstractmethod
    def tables(self, settings: Any, metrics: Metrics) -> list[Table]:
        """What has come out.

        Args:
            settings: As above.
            metrics: Of all jobs, by their names; trainings have none.
        """

    def notes(
        self, settings: Any, jobs: Sequence[Job], metrics: Metrics
    ) -> list[str]:
        """Lines below the tables: what the numbers depend on."""
        return provenance_notes(settings, jobs)


def add_arguments(parser: ArgumentParser, protocol: Protocol) -> None:
    """Add the flags of a protocol, its own first."""
    protocol.add_arguments(parser)
    _add_common_arguments(parser)
    add_execution_arguments(parser)
    add_track_argument(parser)


def run(
    protocol: Protocol, args: Namespace, executor: Executor | None = None
) -> int:
    """Run what is not done yet, and print and write the tables.

    Args:
        protocol: The protocol.
        args: The command line, of a parser with its flags.
        executor: Where jobs run, if it is not the one that the flags mean.

    Returns:
        The exit code: 1 if some videos were not scored.

    Raises:
        UserError: If the flags do not fit or a job fails.
    """
    from vlprompt.jobs import Jobs

    check_trackers(args.track or ())
    settings = protocol.settings(args)
    todo = protocol.jobs(settings)
    jobs = Jobs(settings.out, executor or make_executor(args, settings.out))
    if args.dry_run:
        jobs.show(todo)
        return 0
    if args.force:
        jobs.forget()
    metrics = jobs.run(todo)
    tables = protocol.tables(settings, metrics)
    notes = protocol.notes(settings, todo, metrics)
    return write_report(settings, protocol.name, tables, notes, metrics)


def main(protocol: Protocol, argv: Sequence[str] | None = None) -> None:
    """Run a protocol by its command line.

    Args:
        protocol: The protocol; its module has an ``EXAMPLE``.
        argv: The words after its name; those of the process if not given.

    Raises:
        SystemExit: With the exit code, if some videos were not scored.
    """
    code = run(protocol, parse(type(protocol).__module__, argv))
    if code:
        sys.exit(code)


def make_executor(args: Namespace, out: Path) -> Executor:
    """What runs the jobs: processes on this machine, or Slurm.

    Raises:
        UserError: If flags do not fit each other.
    """
    from vlprompt.errors import UserError
    from vlprompt.jobs.executors import SlurmExecutor, SubprocessExecutor

    if args.jobs is not None and args.jobs < 1:
        raise UserError(f'--jobs {args.jobs}, expected at least 1')
    if args.slurm is None:
        if args.slurm_options:
            raise UserError('--slurm-options without --slurm')
        return SubprocessExecutor(args.jobs or 1, args.gpus)
    slots = {} if args.jobs is None else dict(slots=args.jobs)
    return SlurmExecutor(
        out / 'slurm',
        args.slurm,
        processes=args.gpus,
        parameters={
            key: read_value(value)
            for key, value in (args.slurm_options or {}).items()
        },
        **slots,
    )


def _add_common_arguments(parser: ArgumentParser) -> None:
    from vlprompt.datasets.lists.hmdb51_order import ORDERS

    parser.add_argument(
        '--data-root', default='data', help='the folder of all data sets'
    )
    parser.add_argument('--out', type=Path, help='folder of the results')
    parser.add_argument('--name', help='the method in the table')
    parser.add_argument(
        '--skip-broken',
        action='store_true',
        help='score the other videos if some cannot be read; exit code 1',
    )
    parser.add_argument(
        '--label-order',
        choices=ORDERS,
        default=ORDERS[0],
        help='of the classes of HMDB-51: vifi has the two swapped pairs of '
        'the published label files',
    )
    parser.add_argument(
        '--with-published',
        action='store_true',
        help='add the rows that the papers print',
    )
    add_options_argument(parser, 'change the configs')


def add_execution_arguments(parser: ArgumentParser) -> None:
    """Add the flags that say where jobs run, see ``make_executor``."""
    parser.add_argument(
        '--dry-run', action='store_true', help='only print the commands'
    )
    parser.add_argument(
        '--force', action='store_true', help='forget earlier results'
    )
    parser.add_argument(
        '--jobs',
        type=int,
        metavar='N',
        help='trainings and tests at a time, each with its share of the GPUs; '
        '1 if not given, without a limit on Slurm',
    )
    parser.add_argument(
        '--gpus',
        type=int,
        default=0,
        metavar='N',
        help='processes for each job, on CPUs if there are no GPUs',
    )
    parser.add_argument(
        '--slurm',
        nargs='?',
        const='',
        metavar='PARTITION',
        help="submit each job to Slurm, to the cluster's own partition if "
        'none is named',
    )
    parser.add_argument(
        '--slurm-options',
        nargs='+',
        action=Options,
        metavar='KEY=VALUE',
        help='of submitit: timeout_min=600 mem_gb=64 slurm_account=me',
    )
