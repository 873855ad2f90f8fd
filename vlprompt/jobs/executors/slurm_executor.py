"""Jobs on a Slurm cluster."""

import os
import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from vlprompt.cli.child import command_line
from vlprompt.errors import UserError, last_line
from vlprompt.whole_files import write_text

from ..logs import failure, position
from .executor import Call, JobFailed

AT_A_TIME = 1000  # more than any protocol has
POLL = 2.0  # seconds between looks at the log and the state
TAIL = 4096  # bytes of a log that are looked at
MINUTES = 24 * 60  # submitit's own limit is 5 minutes


class SlurmExecutor:
    """Submits each job by ``submitit`` and waits for it.

    Jobs outlive this process: the same command run again finds them and
    waits for them instead of submitting them twice.

    Args:
        folder: Shared by all machines, for what ``submitit`` writes.
        partition: Of the cluster; its default for an empty name.
        slots: Jobs at a time.
        processes: How many run a job together, each with a GPU; 0 for one
            without the distributed launcher.
        parameters: Of ``submitit``: ``timeout_min``, ``mem_gb``,
            ``slurm_account`` and so on.
        cluster: ``'slurm'``; submitit's ``'local'`` needs no cluster.

    Raises:
        UserError: If ``submitit`` is not installed, there is no cluster, or
            it does not know a parameter.
    """

    def __init__(
        self,
        folder: Path,
        partition: str = '',
        slots: int = AT_A_TIME,
        processes: int = 0,
        parameters: Mapping[str, Any] | None = None,
        cluster: str = 'slurm',
    ) -> None:
        self.slots = slots
        self.processes = processes
        self.folder = folder
        self.cluster = cluster
        self.parameters = {
            'timeout_min': MINUTES,
            'gpus_per_node': max(1, processes),
            **({'slurm_partition': partition} if partition else {}),
            **(parameters or {}),
        }
        self._submitit = _import_submitit()
        self._executor = self._make_executor()
        self._threads = ThreadPoolExecutor(slots)
        self._running: dict[str, Any] = {}
        self._cancelled = False

    def command(self, words: Sequence[str], alone: bool = False) -> list[str]:
        """The command line that runs on a machine of the cluster."""
        if alone or not self.processes:
            return command_line(words)
        return command_line([*words, f'--gpus={self.processes}'])

    def submit(self, call: Call) -> Future[None]:
        """Submit a job, unless it has been submitted before."""
        job = self._find(call)
        if job is None:
            log = shlex.quote(str(call.log.absolute()))
            words = shlex.join(self.command(call.words, call.alone))
            line = f'{words} > {log} 2>&1'
            name = f'vlprompt/{call.name}'.replace('/', '-')
            self._executor.update_parameters(name=name)
            # A function of the standard library: what runs on the cluster
            # need not find this module before the command is started.
            job = self._executor.submit(subprocess.call, line, shell=True)
            write_text(_note(call), job.job_id)
        self._running[job.job_id] = job
        return self._threads.submit(self._wait, job, call)

    def cancel(self) -> None:
        """Cancel what is submitted."""
        self._cancelled = True
        for job in list(self._running.values()):
            job.cancel(check=False)

    def __enter__(self) -> 'SlurmExecutor':
        """Nothing to do."""
        return self

    def __exit__(self, *error: object) -> None:
        """Wait for the jobs."""
        self._threads.shutdown()

    def _make_executor(self) -> Any:
        try:
            executor = self._submitit.AutoExecutor(self.folder, self.cluster)
            executor.update_parameters(**self.parameters)
        except RuntimeError as error:
            raise UserError(
                f'--slurm: {last_line(error)}: start this on a login node of '
                'the cluster'
            ) from error
        except (AssertionError, NameError, TypeError) as error:
            raise UserError(
                f'--slurm-options: {str(error).splitlines()[0]}'
            ) from error
        return executor

    def _find(self, call: Call) -> Any:
        """The job that an earlier process has submitted, if it is of use."""
        note = _note(call)
        if not note.is_file():
            return None
        kinds = dict(
            slurm=self._submitit.SlurmJob, local=self._submitit.LocalJob
        )
        job = kinds[self.cluster](self.folder, note.read_text())
        failed = job.done() and _code(job) != 0
        return None if failed else job

    def _wait(self, job: Any, call: Call) -> None:
        while not (self._cancelled or job.done()):
            if place := _last_position(call.log):
                call.report(place)
            time.sleep(POLL)
        del self._running[job.job_id]
        _note(call).unlink(missing_ok=True)
        if self._cancelled:
            raise JobFailed('cancelled')
        code = _code(job)
        if code is None:
            state = str(job.state).lower()
            raise JobFailed(f'Slurm job {job.job_id} ended early ({state})')
        if code:
            raise JobFailed(failure(call.log))


def _import_submitit() -> Any:
    try:
        import submitit
    except ImportError as error:
        raise UserError(
            '--slurm needs submitit: pip install submitit'
        ) from error
    return submitit


def _note(call: Call) -> Path:
    """The file that has the number of a job while one waits for it."""
    return call.log.with_name('slurm_job')


def _code(job: Any) -> int | None:
    """The exit code of a job; None if it did not come to its end."""
    return None if job.exception() is not None else job.result()


def _last_position(log: Path) -> str:
    if not log.is_file():
        return ''
    with log.open('rb') as file:
        file.seek(max(0, os.path.getsize(log) - TAIL))
        lines = file.read().decode(errors='replace').splitlines()
    return next(filter(None, map(position, reversed(lines))), '')
