"""Commands in processes that are forked, and what they leave."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch
from torch import Tensor

from vlprompt.cli import train
from vlprompt.cli.common import run_command
from vlprompt.cli.parsing import parse
from vlprompt.jobs.executors import InProcessExecutor
from vlprompt.jobs.executors.isolation import isolated
from vlprompt.protocols import protocol
from vlprompt.protocols.base_to_novel import BaseToNovel

from .attempts import FORK
from .outcomes import Finding, Outcome

SEED = '1'
PATIENCE = 120.0  # seconds for a command that takes one or two
EXIT_USER_ERROR = 2


class SmallRun:
    """A command that can be killed and started again.

    Args:
        command: The command, without its words.
        words: Its words.
        folder: Of what it writes.
        log: Where its output goes.
    """

    def __init__(
        self,
        command: Callable[[Sequence[str]], object],
        words: Sequence[str],
        folder: Path,
        log: Path,
    ) -> None:
        self._main = partial(command, list(words))
        self.folder, self.log = folder, log

    def here(self) -> None:
        """Run it in this process, which stays as it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (
            self.log.open('w') as log,
            redirect_stdout(log),
            redirect_stderr(log),
            isolated(),
        ):
            self._main()

    def start(self) -> BaseProcess:
        """Start it; no interpreter has to be started for that."""
        process = FORK.Process(target=_work, args=(self._main, self.log))
        process.start()
        return process

    def finish(self) -> int | None:
        """Run it to its end; the exit code, None if it hangs."""
        return wait(self.start())

    def last_line(self) -> str:
        """What was printed last."""
        lines = self.log.read_text(errors='replace').strip().splitlines()
        return lines[-1][:200] if lines else 'nothing printed'


def wait(process: BaseProcess) -> int | None:
    """The exit code of a process; None if it hangs, and is ended then."""
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return process.exitcode


def training(
    world: Path, folder: Path, disk: Path | None = None, config: str = 'config'
) -> SmallRun:
    """A training that resumes what lies in its folder.

    Args:
        world: Of :func:`make_world`.
        folder: Where it leaves what it prints.
        disk: Where it writes; the folder if not given.
        config: Which of its configs.
    """
    run = (disk or folder) / 'run'
    words = [str(world / f'{config}.py'), '--work-dir', str(run)]
    words += ['--seed', SEED, '--resume', 'auto']
    return SmallRun(train.main, words, run, folder / 'log.txt')


def base_to_novel(world: Path, folder: Path) -> SmallRun:
    """A training and two tests, of which those that are done are kept."""
    words = [str(world / 'config.py'), '--datasets', str(world / 'small.py')]
    words += ['--seeds', '1', '--seed', SEED, '--out', str(folder / 'run')]
    return SmallRun(_evaluate, words, folder / 'run', folder / 'log.txt')


def _evaluate(words: Sequence[str]) -> None:
    args = parse(BaseToNovel.__module__, words)
    sys.exit(protocol.run(BaseToNovel(), args, InProcessExecutor()))


def weights_of(run: SmallRun) -> dict[str, Tensor]:
    """What a training has learnt."""
    path = (run.folder / 'last_checkpoint').read_text().strip()
    name = Path(path).name  # the folder may have been moved
    content = torch.load(run.folder / name, weights_only=True)
    return content['state_dict']


def table_of(run: SmallRun) -> str:
    """What a protocol has found, without the lines on how."""
    text = (run.folder / 'table.md').read_text()
    return '\n'.join(x for x in text.splitlines() if x.startswith('|'))


def judge_end(run: SmallRun, code: int | None, wanted: object) -> Finding:
    """Compare what a run leaves with that of an undisturbed one.

    Args:
        run: A run that has been taken up again.
        code: Its exit code, None if it hung.
        wanted: Weights, or a table.
    """
    if code is None:
        return Finding(Outcome.HUNG, run.last_line())
    if code != 0:
        return Finding(Outcome.LOST, f'exit code {code}: {run.last_line()}')
    if isinstance(wanted, str):
        return _found(table_of(run) == wanted, 'another table')
    found = weights_of(run)
    same = found.keys() == wanted.keys() and all(
        torch.equal(found[name], wanted[name]) for name in wanted
    )
    return _found(same, 'other weights')


def judge_error(log: Path, code: int | None) -> Finding:
    """Whether a command has ended with one line and exit code 2.

    Args:
        log: What it has printed.
        code: Its exit code, None if it hung.
    """
    printed = log.read_text(errors='replace')
    lines = [x for x in printed.splitlines() if x.startswith('error: ')]
    if code is None:
        return Finding(Outcome.HUNG, printed[-200:])
    if code != EXIT_USER_ERROR or len(lines) != 1 or 'Traceback' in printed:
        last = printed.strip().splitlines()[-1:]
        return Finding(
            Outcome.WRONG,
            f'exit code {code}, {len(lines)} error lines, '
            f'{printed.count("Traceback")} traces, last {last}'[:300],
        )
    return Finding(Outcome.CLEAR_ERROR, lines[0])


def _found(is_same: bool, otherwise: str) -> Finding:
    if is_same:
        return Finding(Outcome.RIGHT)
    return Finding(Outcome.LOST, otherwise)


def _work(command: Callable[[], object], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout = sys.stderr = log.open('w', buffering=1)
    for stream in (1, 2):
        os.dup2(sys.stdout.fileno(), stream)
    run_command(command)
