"""Part 4: trainings and protocols that are killed, and started again."""

import pickle
import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch

from .outcomes import Case, Finding, Outcome, Part
from .small_runs import (
    SmallRun,
    base_to_novel,
    judge_end,
    table_of,
    training,
    weights_of,
)
from .small_world import EPOCHS, make_world

TRAINING, PROTOCOL = 'trainings', 'base-to-novel evaluations'
SHORT = 0.02  # seconds in which a file is written
POLL = 0.001
MOST_WRITINGS = 12  # after which it is almost done


class KilledRuns(Part):
    """Commands that end without having been asked."""

    name = 'kills'
    title = 'kill -9'
    about = (
        'A training of a few epochs with a checkpoint after each, and a '
        'base-to-novel evaluation (a training and two tests), are ended by '
        'SIGKILL: at any moment, or just after a file has appeared or grown '
        'in their folder. A third of them is killed once more when they have '
        'been started again. **Right**: the same command, started again, '
        'ends with the learned weights of an undisturbed run, to the bit, or '
        'with its table. Otherwise work is **lost**.'
    )
    kinds = {
        TRAINING: dict(tiny=2, reduced=6, full=50),
        PROTOCOL: dict(tiny=1, reduced=6, full=50),
    }
    seconds = 400.0

    def warm_up(self, shared: Path) -> None:
        """Import what the runs import."""
        warm_up(shared)

    def prepare(self, folder: Path) -> None:
        """Run both undisturbed."""
        prepare(folder)

    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Kill a run, and start it again."""
        world = shared / 'world'
        if case.kind == TRAINING:
            run = training(world, folder)
            wanted = weights_of(training(world, shared / 'training'))
        else:
            run = base_to_novel(world, folder)
            wanted = table_of(base_to_novel(world, shared / 'evaluation'))
        seconds = seconds_of(shared, case.kind)
        killed = [kill(rng, run, seconds)]
        if rng.random() < 1 / 3:
            killed.append(kill(rng, run, seconds))
        epoch = newest_epoch(run)
        finding = judge_end(run, run.finish(), wanted)
        if finding.outcome is Outcome.RIGHT and not goes_on(run, epoch):
            finding = Finding(Outcome.LOST, f'epoch {epoch} was trained again')
        detail = f'killed {" and ".join(killed)}: {finding.detail}'
        return finding._replace(detail=detail.rstrip(': '))


def newest_epoch(run: SmallRun) -> int:
    """The last one that has been written to its end; 0 if none has."""
    epochs = [0]
    for path in run.folder.glob('epoch_*.pth'):
        try:
            torch.load(path, weights_only=True)
        except (RuntimeError, pickle.UnpicklingError, EOFError):
            continue
        epochs.append(int(path.stem.removeprefix('epoch_')))
    return max(epochs)


def goes_on(run: SmallRun, epoch: int) -> bool:
    """Whether a training began after an epoch, and not before it."""
    printed = run.log.read_text()
    return not 0 < epoch < EPOCHS or f'resumed epoch: {epoch}' in printed


def warm_up(shared: Path) -> None:
    """Import what runs import, so that processes forked later need not."""
    run = training(shared / 'world', shared / 'warm')
    run.here()


def prepare(folder: Path) -> None:
    """Make a world, and run a training and a protocol in it, undisturbed."""
    if not (folder / 'world/small.py').is_file():
        make_world(folder / 'world')
    for kind, run in (
        (TRAINING, training(folder / 'world', folder / 'training')),
        (PROTOCOL, base_to_novel(folder / 'world', folder / 'evaluation')),
    ):
        note = folder / f'{kind}.txt'
        if not note.is_file():
            begin = time.monotonic()
            if run.finish() != 0:
                raise RuntimeError(f'{kind}: {run.last_line()}')
            note.write_text(str(time.monotonic() - begin))


def seconds_of(shared: Path, kind: str) -> float:
    """How long an undisturbed run takes."""
    return float((shared / f'{kind}.txt').read_text())


def kill(rng: random.Random, run: SmallRun, seconds: float) -> str:
    """Start a run and kill it; says when."""
    process, begin = run.start(), time.monotonic()
    when = wait_for_moment(rng, run, process, seconds)
    process.kill()
    process.join()
    return f'{when} ({time.monotonic() - begin:.1f} s of {seconds:.1f} s)'


def wait_for_moment(
    rng: random.Random, run: SmallRun, process: BaseProcess, seconds: float
) -> str:
    """Wait while a run goes on, for some time or until it writes.

    Args:
        rng: Chooses the moment.
        run: The run.
        process: Of the run.
        seconds: That it takes.

    Returns:
        Which moment it is, in words.
    """
    if rng.random() < 0.5:
        process.join(rng.uniform(0, seconds))
        return 'at any moment'
    _wait_for_writing(run.folder, rng.randint(1, MOST_WRITINGS), process)
    time.sleep(rng.uniform(0, SHORT))
    return 'while it wrote'


def _wait_for_writing(folder: Path, count: int, process: BaseProcess) -> None:
    """Wait until files have appeared or grown so many times."""
    before = _sizes(folder)
    while count and process.is_alive():
        time.sleep(POLL)
        now = _sizes(folder)
        count -= now != before
        before = now


def _sizes(folder: Path) -> dict[Path, int]:
    sizes = {}
    for path in folder.rglob('*'):
        try:
            sizes[path] = path.stat().st_size
        except FileNotFoundError:  # it has been removed since
            continue
    return sizes
