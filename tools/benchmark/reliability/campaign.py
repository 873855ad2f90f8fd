"""The campaign: ``python -m tools.benchmark --reliability``.

It writes a log, one line of JSON a case, and goes on where it was if it is
started again; from the log it makes docs/reliability.md.
"""

import tempfile
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import av
import safetensors
import torch
from rich.console import Console
from rich.progress import Progress

from vlprompt.jobs.folder_lock import locked
from vlprompt.utils import register_all_modules

from ..machine import describe
from ..screen import COLUMNS
from .attempts import call, try_all
from .broken_processes import BrokenProcesses
from .case_log import CaseLog
from .damaged_checkpoints import DamagedCheckpoints
from .damaged_lists import DamagedLists
from .damaged_videos import DamagedVideos
from .findings_page import write_page
from .full_disks import FullDisks
from .killed_runs import KilledRuns
from .outcomes import GOOD, Case, Finding, Part

PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        DamagedVideos(),
        DamagedLists(),
        DamagedCheckpoints(),
        KilledRuns(),
        FullDisks(),
        BrokenProcesses(),
    )
}
SIZES = ('tiny', 'reduced', 'full')


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(
        prog='python -m tools.benchmark --reliability',
        description=__doc__.splitlines()[0],
    )
    sizes = parser.add_mutually_exclusive_group()
    for size in SIZES:
        sizes.add_argument(
            f'--{size}', action='store_const', const=size, dest='size'
        )
    parser.set_defaults(size='reduced')
    parser.add_argument(
        '--parts',
        nargs='+',
        choices=PARTS,
        default=list(PARTS),
        help='what to try; the page has what the log has of the others',
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--jobs', type=int, default=2, help='processes')
    parser.add_argument(
        '--log',
        type=Path,
        metavar='FILE.jsonl',
        default=Path('work_dirs/reliability/log.jsonl'),
        help='what was tried; the campaign goes on where it was',
    )
    parser.add_argument('--doc', type=Path, metavar='FILE.md')
    return parser.parse_args(args)


def main(args: Sequence[str] | None = None) -> dict[Case, Finding]:
    """Try what the log does not have; returns what came of all cases."""
    args = parse_args(args)
    torch.set_num_threads(1)  # in the processes that are forked from here
    register_all_modules()
    args.log.parent.mkdir(parents=True, exist_ok=True)
    with locked(args.log.parent):
        log = CaseLog(args.log, args.seed)
        for name in args.parts:
            _run(PARTS[name], args, log)
    if args.doc:
        # Which parts were tried at a time, and where the log lay, changes
        # nothing.
        words = f'--reliability --{args.size} --seed {args.seed}'
        write_page(
            args.doc,
            list(PARTS.values()),
            log.findings,
            args.size,
            {**describe('cpu'), **_readers()},
            f'python -m tools.benchmark {words} --doc {args.doc}',
            args.seed,
        )
        print(f'written to {args.doc}')
    return log.findings


def _readers() -> dict[str, str]:
    """Versions of what reads the files that are damaged."""
    return dict(
        readers=f'PyAV {av.__version__}, FFmpeg {av.ffmpeg_version_info}, '
        f'safetensors {safetensors.__version__}'
    )


def _run(part: Part, args: Namespace, log: CaseLog) -> None:
    cases = part.cases(args.size)
    left = [case for case in cases if case not in log.findings]
    shared = (args.log.parent / part.name).absolute()
    shared.mkdir(parents=True, exist_ok=True)
    if left:
        call(part.prepare, shared)
        part.warm_up(shared)
    attempt = partial(_attempt, part, args.seed, shared)
    console = Console(stderr=True)
    with Progress(*COLUMNS, console=console, transient=True) as bar:
        task = bar.add_task(
            part.name, total=len(cases), completed=len(cases) - len(left)
        )
        found = try_all(attempt, left, min(args.jobs, part.jobs), part.seconds)
        for case, finding, seconds in found:
            log.add(case, finding, seconds)
            bar.advance(task)
            if finding.outcome not in GOOD:
                bar.print(
                    f'{case.kind} {case.number}, {finding.outcome.value}: '
                    f'{finding.detail}',
                    markup=False,
                )
    counts = Counter(log.findings[case].outcome.value for case in cases)
    print(f'{part.title}: ', ', '.join(f'{n} {o}' for o, n in counts.items()))


def _attempt(part: Part, seed: int, shared: Path, case: Case) -> Finding:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return part.attempt(case, case.rng(seed), shared, Path(folder))
