"""Part 6: one of two processes, or one of the workers, ends or is slow."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from ..sides import ROOT
from .killed_runs import prepare, warm_up
from .outcomes import Case, Finding, Outcome, Part
from .small_runs import (
    SEED,
    judge_end,
    judge_error,
    training,
    weights_of,
)

PAIR = 'one of two processes killed'
WORKERS = {
    'a worker that takes 3 s for a video': 'slow',
    'a worker that exits': 'exiting',
    'a worker that is killed': 'killed',
}
START, LATEST = 120.0, 8.0  # seconds until both run, and after that
END = 30.0  # seconds in which the other must end
EPOCHS = 10_000


class BrokenProcesses(Part):
    """Processes that others wait for."""

    name = 'processes'
    title = 'Other processes'
    about = (
        'One of the two processes of `vlprompt train --gpus 2` (on the CPU, '
        'over gloo) gets a SIGKILL at a random moment after they have been '
        'started. **Clear error**: the command and the other process end '
        f'within {END:g} s, with one line. And a worker that loads data takes '
        'its time, exits or is killed, when a video of the list comes. '
        '**Right** where it is slow: the learned weights are those of an '
        'undisturbed run, to the bit. Where it ends: one line and exit code 2.'
    )
    kinds = {
        PAIR: dict(tiny=1, reduced=2, full=12),
        **{kind: dict(tiny=1, reduced=2, full=6) for kind in WORKERS},
    }
    seconds = 400.0
    jobs = 1  # a time limit is tested

    def warm_up(self, shared: Path) -> None:
        """Import what the runs import."""
        warm_up(shared)

    def prepare(self, folder: Path) -> None:
        """Run a training undisturbed."""
        prepare(folder)

    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Break a process and see what its fellows do."""
        world = shared / 'world'
        if case.kind == PAIR:
            return _break_pair(rng, world, folder)
        config = WORKERS[case.kind]
        run = training(world, folder, config=config)
        code = run.finish()
        if config == 'slow':
            wanted = weights_of(training(world, shared / 'training'))
            return judge_end(run, code, wanted)
        return judge_error(run.log, code)


def _break_pair(rng: random.Random, world: Path, folder: Path) -> Finding:
    log = folder / 'log.txt'
    words = ['train', world / 'config.py', '--gpus', '2', '--seed', SEED]
    words += ['--work-dir', folder / 'run', '--cfg-options']
    words += [f'train_cfg.max_epochs={EPOCHS}', 'train_cfg.val_interval=9999']
    with log.open('w') as output:
        launcher = subprocess.Popen(
            [sys.executable, '-m', 'vlprompt', *map(str, words)],
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env={**os.environ, 'OMP_NUM_THREADS': '1'},
        )
    try:
        ranks = _wait_for_ranks(launcher)
        if len(ranks) < 2:
            return judge_error(log, launcher.poll())
        time.sleep(rng.uniform(0, LATEST))
        dead, other = rng.sample(ranks, 2)
        os.kill(dead, signal.SIGKILL)
        begin = time.monotonic()
        try:
            launcher.wait(END)
        except subprocess.TimeoutExpired:
            return Finding(Outcome.HUNG, f'rank went on for {END:g} s')
        seconds = time.monotonic() - begin
        if _is_alive(other):
            return Finding(Outcome.HUNG, 'the command ended, not its process')
        return _judge_pair(log, launcher.returncode, seconds)
    finally:
        for process in [*_ranks_of(launcher.pid), launcher.pid]:
            _kill(process)
        launcher.wait()


def _judge_pair(log: Path, code: int, seconds: float) -> Finding:
    printed = log.read_text(errors='replace')
    lines = [x for x in printed.splitlines() if x.startswith('error: ')]
    one = len(lines) == 1 and 'Traceback' not in printed
    return Finding(
        Outcome.CLEAR_ERROR if code and one else Outcome.WRONG,
        f'after {seconds:.1f} s, exit code {code}: {lines}'[:300],
    )


def _wait_for_ranks(launcher: subprocess.Popen) -> list[int]:
    end = time.monotonic() + START
    ranks: list[int] = []
    while len(ranks) < 2 and time.monotonic() < end:
        if launcher.poll() is not None:
            break
        time.sleep(0.1)
        ranks = _ranks_of(launcher.pid)
    return ranks


def _ranks_of(launcher: int) -> list[int]:
    """Its children that have a rank."""
    children = Path(f'/proc/{launcher}/task/{launcher}/children')
    try:
        found = [int(word) for word in children.read_text().split()]
        return [
            child
            for child in found
            if b'\0LOCAL_RANK=' in Path(f'/proc/{child}/environ').read_bytes()
        ]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def _is_alive(process: int) -> bool:
    try:
        stat = Path(f'/proc/{process}/stat').read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(')')[2].split()[0] != 'Z'


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
