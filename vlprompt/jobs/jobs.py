"""Runs jobs and remembers what they gave."""

import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from vlprompt.errors import UserError, docs_url

from .executors import Call, Executor, JobFailed
from .folder_lock import locked
from .job import Job
from .kept_results import KeptResult, KeptResults
from .progress import Lines, LiveTable, show_progress

SHOWN = 3  # missing files in an error message


class Jobs:
    """Runs jobs, as many at a time as an executor has slots for.

    A job that was done with the same config, flags and checkpoint is not
    run again, a training that was interrupted goes on.

    Args:
        out: Folder of the file of results and, for each job, of its config,
            log and what it writes.
        executor: Where jobs run.
        file: The name of the file of results.
    """

    def __init__(
        self, out: Path, executor: Executor, file: str = 'protocol.json'
    ) -> None:
        self.out = out
        self.executor = executor
        self.kept = KeptResults(out / file)

    def forget(self) -> None:
        """Forget earlier results: all jobs are run again."""
        self.kept.forget()

    def show(self, jobs: Sequence[Job]) -> None:
        """Print what would be run."""
        for job in jobs:
            command = self.executor.command(job.words(self.out), job.alone)
            print(f'{job.name}: {" ".join(command)}')

    def run(self, jobs: Sequence[Job]) -> dict[str, dict[str, float]]:
        """Run what is not done yet; returns metrics by the job's name.

        Raises:
            UserError: Before anything is run, if lists or folders are missing
                or another command uses the folder of results; if a job fails:
                its name, its log and the last error.
            ValueError: If a job needs one that is not among the jobs.
        """
        _check_needs(jobs)
        check_inputs(jobs)
        self.out.mkdir(parents=True, exist_ok=True)
        with (
            locked(self.out),
            _terminable(),
            show_progress(jobs, self.executor.slots) as progress,
            self.executor,
        ):
            run = _Run(self, list(jobs), progress)
            try:
                run.all()
            except KeyboardInterrupt:
                self.executor.cancel()
                progress.say(
                    'interrupted; what is done is kept, the same command '
                    'goes on from there'
                )
                raise
        return {job.name: run.metrics[job.name] for job in jobs}


class _Started(NamedTuple):
    job: Job
    key: str
    time: float


class _Run:
    """Jobs that wait, run and are done."""

    def __init__(
        self, owner: Jobs, waiting: list[Job], progress: Lines | LiveTable
    ) -> None:
        self.out = owner.out
        self.kept = owner.kept
        self.executor = owner.executor
        self.progress = progress
        self.waiting = waiting
        self.running: dict[Future[None], _Started] = {}
        self.metrics: dict[str, dict[str, float]] = {}
        self.error: UserError | None = None

    def all(self) -> None:
        """Run all jobs; after a failure those to the end that run already."""
        while True:
            while self.error is None and (job := self._next()):
                self.waiting.remove(job)
                self._start(job)
            if not self.running:
                break
            done, _ = wait(self.running, return_when=FIRST_COMPLETED)
            for future in done:
                self._finish(future, *self.running.pop(future))
        if self.error is not None:
            raise self.error

    def _next(self) -> Job | None:
        """The first job whose needs are met, if there is room for one."""
        if len(self.running) >= self.executor.slots:
            return None
        met = set(self.metrics)
        return next((j for j in self.waiting if met >= set(j.needs)), None)

    def _start(self, job: Job) -> None:
        key = job.digest(self.out)
        known = self.kept[job.name]
        same = known is not None and known.key == key
        if same and known.metrics is not None and job.is_complete(self.out):
            self.metrics[job.name] = known.metrics
            self.progress.keep(job, known.metrics)
            return
        folder = self.out / job.name
        if not same:
            shutil.rmtree(folder, ignore_errors=True)
        job.prepare(self.out)
        self.kept[job.name] = KeptResult(key)
        self.progress.start(job)
        words = [*job.words(self.out), *(job.resume_flags if same else ())]
        report = partial(self.progress.move, job)
        log = folder / 'log.txt'
        call = Call(job.name, words, log, report, job.alone)
        started = _Started(job, key, time.perf_counter())
        self.running[self.executor.submit(call)] = started

    def _finish(
        self, future: Future[None], job: Job, key: str, start: float
    ) -> None:
        try:
            future.result()
            metrics = job.metrics(self.out)
        except (JobFailed, UserError) as error:
            log = self.out / job.name / 'log.txt'
            line = f'{job.name} failed: {error} (log: {log})'
            self.error = self.error or UserError(line)
            self.progress.fail(job, str(error))
            return
        seconds = time.perf_counter() - start
        self.kept[job.name] = KeptResult(key, metrics, round(seconds, 1))
        self.metrics[job.name] = metrics
        self.progress.finish(job, metrics, seconds)


def check_inputs(jobs: Sequence[Job]) -> None:
    """Check that the files and folders that jobs read are there.

    Raises:
        UserError: It names the first that are missing.
    """
    from vlprompt.apis.inputs import is_missing

    # In the order of the jobs, each once.
    wanted = dict.fromkeys(path for job in jobs for path in job.inputs())
    missing = [path for path in wanted if is_missing(path)]
    if missing:
        others = len(missing) - SHOWN
        more = f' and {others} more' if others > 0 else ''
        raise UserError(
            f'nothing is run: there is no {", ".join(missing[:SHOWN])}{more} '
            f'({docs_url("data#layout")} says what belongs there)'
        )
    for job in jobs:
        job.check()


def _check_needs(jobs: Sequence[Job]) -> None:
    names = {job.name for job in jobs}
    for job in jobs:
        for need in job.needs:
            if need not in names:
                raise ValueError(f'{job.name} needs {need}')


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the jobs as well, as Ctrl-C does."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        signal.signal(signal.SIGTERM, _interrupt)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
