"""Trainings and tests, one process each, whose results are kept."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from mmengine.config import Config
from rich.console import Console
from rich.markup import escape

from vlprompt.errors import UserError, docs_url

# What a log of MMEngine says about how far a job is.
POSITION = re.compile(r'Epoch\(\w+\)\s+(\[.*?\])+')
TIME_LEFT = re.compile(r'eta: ((?:\d+ days?, )?[\d:]+)')


class Job(NamedTuple):
    """One call of ``vlprompt train`` or ``vlprompt test``.

    Args:
        name: Its folder in the results, ``'hmdb51/val1'``.
        command: ``'train'`` or ``'test'``.
        config: What is run.
        checkpoint: What is tested: a file, ``'none'``, or the name of the
            job that trains it.
        flags: Of the command.
    """

    name: str
    command: str
    config: Config
    checkpoint: str | None = None
    flags: tuple[str, ...] = ()


class Jobs:
    """Runs jobs one after the other, and remembers what they gave.

    A job that was done with the same config, flags and checkpoint is not
    run again, a training that was interrupted goes on.

    Args:
        out: Folder of ``protocol.json`` and, for each job, of its config,
            log and results.
        tools: Folder of ``train.py`` and ``test.py``.
        processes: How many run a job together, each with a GPU if there are
            any; 0 for one without the distributed launcher.
        force: Whether earlier results are forgotten.
    """

    def __init__(
        self, out: Path, tools: Path, processes: int = 0, force: bool = False
    ) -> None:
        self.out = out
        self.tools = tools
        self.processes = processes
        self.file = out / 'protocol.json'
        known = self.file.is_file() and not force
        self.done = json.loads(self.file.read_text()) if known else {}
        self.console = Console(highlight=False)
        self.times: dict[str, list[float]] = {}

    def show(self, jobs: Sequence[Job]) -> None:
        """Print what would be run."""
        for job in jobs:
            print(f'{job.name}: {" ".join(self._command(job))}')

    def run(self, jobs: Sequence[Job]) -> dict[str, dict]:
        """Run what is not done yet; returns metrics by the job's name.

        Raises:
            UserError: Before anything is run, if lists or folders are missing;
                if a job fails: its name, its log and the last error.
        """
        _check_lists(jobs)
        self.out.mkdir(parents=True, exist_ok=True)
        results = {}
        for i, job in enumerate(jobs):
            left = self._estimate(jobs[i:])
            self.console.print(f'[{i + 1}/{len(jobs)}] {job.name}{left}')
            results[job.name] = self._run(job)
        return results

    def _estimate(self, left: Sequence[Job]) -> str:
        """How long jobs will take if they take as long as those before."""
        if not {job.command for job in left} <= set(self.times):
            return ''
        seconds = sum(fmean(self.times[job.command]) for job in left)
        return f' (about {seconds / 60:.1f} min for what is left)'

    def _run(self, job: Job) -> dict:
        key = self._key(job)
        known = self.done.get(job.name, {})
        same = known.get('key') == key
        if same and self._is_done(job, known):
            self.console.print('  as before')
            return known['metrics']
        folder = self.out / job.name
        if not same:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        job.config.dump(folder / 'config.py')
        self._remember(job.name, key, None, None)
        start = time.perf_counter()
        # What was interrupted goes on.
        self._call(job, same and job.command == 'train')
        seconds = time.perf_counter() - start
        self.times.setdefault(job.command, []).append(seconds)
        metrics = {}
        if job.command == 'test':
            metrics = json.loads((folder / 'metrics.json').read_text())
        self._remember(job.name, key, metrics, round(seconds, 1))
        return metrics

    def _is_done(self, job: Job, known: dict) -> bool:
        if known['metrics'] is None:
            return False
        return job.command == 'test' or self.checkpoint(job.name) is not None

    def _remember(
        self, name: str, key: str, metrics: dict | None, seconds: float | None
    ) -> None:
        self.done[name] = dict(key=key, metrics=metrics, seconds=seconds)
        partial = self.file.with_suffix('.partial')
        partial.write_text(json.dumps(self.done, indent=2) + '\n')
        partial.replace(self.file)

    def _key(self, job: Job) -> str:
        parts = (job.command, job.config.pretty_text, job.flags)
        state = hashlib.sha256(repr(parts).encode())
        for dataset in _data_sets(job):
            state.update(_digest(dataset.get('ann_file', '')))
        if job.command == 'test':
            state.update(_digest(self._resolve(job.checkpoint)))
        return state.hexdigest()[:16]

    def _resolve(self, checkpoint: str | None) -> str:
        if checkpoint in (None, 'none'):
            return 'none'
        return self.checkpoint(checkpoint) or checkpoint

    def checkpoint(self, name: str) -> str | None:
        """The last checkpoint that a training wrote, if there is one."""
        last = self.out / name / 'last_checkpoint'
        if not last.is_file():
            return None
        path = Path(last.read_text().strip())
        # The folder may have been moved since.
        path = self.out / name / path.name
        return str(path) if path.is_file() else None

    def best(
        self, name: str, metric: str, factor: float = 1.0
    ) -> float | None:
        """The best value of a metric in the validations of a training."""
        lines = [
            json.loads(line)
            for log in (self.out / name).glob('*/vis_data/scalars.json')
            for line in log.read_text().splitlines()
        ]
        values = [line[metric] for line in lines if metric in line]
        return factor * max(values) if values else None

    def _command(self, job: Job) -> list[str]:
        config = str(self.out / job.name / 'config.py')
        given = [config]
        if job.command == 'test':
            given.append(self._resolve(job.checkpoint))
        if self.processes:
            script = str(self.tools / f'dist_{job.command}.sh')
            start = ['bash', script, *given, str(self.processes)]
        else:
            script = str(self.tools / f'{job.command}.py')
            start = [sys.executable, script, *given]
        return [*start, f'--work-dir={self.out / job.name}', *job.flags]

    def _call(self, job: Job, resume: bool) -> None:
        log = self.out / job.name / 'log.txt'
        python = str(Path(sys.executable).parent)
        path = os.pathsep.join([python, os.environ.get('PATH', '')])
        with (
            log.open('w') as file,
            self.console.status('  starting') as status,
            subprocess.Popen(
                [*self._command(job), *(['--resume'] if resume else [])],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors='replace',
                env={**os.environ, 'PATH': path},
            ) as process,
        ):
            try:
                for line in process.stdout:
                    file.write(line)
                    if position := _position(line):
                        status.update(f'  {position}')
                code = process.wait()
            except KeyboardInterrupt:
                process.terminate()
                self.console.print(
                    'interrupted; what is done is kept, the same command '
                    'goes on from there'
                )
                raise
        if code:
            raise UserError(f'{job.name} failed: {_reason(log)} (log: {log})')


def _data_sets(job: Job) -> list[dict]:
    """The data sets that a job reads."""
    names = ['test'] if job.command == 'test' else ['train', 'val']
    loaders = [job.config.get(f'{name}_dataloader') or {} for name in names]
    return [loader.get('dataset', {}) for loader in loaders]


def _check_lists(jobs: Sequence[Job]) -> None:
    """Whether the lists and folders of all jobs are there."""
    wanted = {
        path: None  # in the order of the jobs
        for job in jobs
        for dataset in _data_sets(job)
        if 'ann_file' in dataset
        for path in (dataset['ann_file'], dataset['data_prefix']['video'])
    }
    missing = [path for path in wanted if not Path(path).exists()]
    if missing:
        more = f' and {len(missing) - 3} more' if len(missing) > 3 else ''
        raise UserError(
            f'nothing is run: there is no {", ".join(missing[:3])}{more} '
            f'({docs_url("data#layout")} says what belongs there)'
        )


def _position(line: str) -> str:
    """How far a line of MMEngine's log says a job is, or nothing."""
    found, left = POSITION.search(line), TIME_LEFT.search(line)
    if found is None:
        return ''
    return escape(f'{found[0]}{f" {left[1]} left" if left else ""}')


def _reason(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith('error: ')]
    if errors:
        return errors[-1].removeprefix('error: ')
    return ' '.join(lines[-1:])[:300] or 'without a word'


def _digest(checkpoint: str) -> bytes:
    """The hash of a file, else the word that stands for it."""
    path = Path(checkpoint)
    if not path.is_file():
        return checkpoint.encode()
    state = hashlib.sha256()
    with path.open('rb') as file:
        while block := file.read(1 << 22):
            state.update(block)
    return state.digest()
