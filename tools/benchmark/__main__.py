"""This library beside plain implementations: ``python -m tools.benchmark``.

Both sides take turns in one process, medians count, and ratios are quoted.
docs/benchmark.md says what is compared, and what came out.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import torch

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError
from vlprompt.hardware import has_bf16

from . import (
    data,
    decoding,
    evaluation,
    machine,
    processes,
    startup,
    training,
)
from .document import write
from .records import Record, save
from .screen import show, track
from .sides import ARCHS, CLASSES, DTYPES, METHODS

SECTIONS = {
    'training': training,
    'evaluation': evaluation,
    'data': data,
    'decoding': decoding,
    'startup': startup,
    'processes': processes,
}
OF_VIDEOS = ('data', 'decoding')
RELIABILITY = '--reliability'  # a campaign with flags of its own
TOY = Path('data/toy/videos')
LEAST = 5  # repeats that a median is taken of
# What --reduced, the default, and --full measure, unless flags say otherwise
GRIDS = {
    'tiny': dict(classes=[51], frames=[2], videos=2),
    'reduced': dict(classes=[51], frames=[8], videos=1),
    'full': dict(classes=list(CLASSES), frames=[8, 16, 32], videos=2),
}


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line, and check it."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    for name, module in SECTIONS.items():
        title = module.SECTION.title.lower()
        parser.add_argument(
            f'--{name}', action='store_true', help=f'this section: {title}'
        )
    parser.add_argument(
        RELIABILITY,
        action='store_true',
        help='instead, damaged files and interrupted runs: see its own --help',
    )
    sizes = parser.add_mutually_exclusive_group()
    for size in ARCHS:
        sizes.add_argument(
            f'--{size}', action='store_const', const=size, dest='size'
        )
    parser.set_defaults(size='reduced')
    numbers = dict(nargs='+', type=int, metavar='N')
    parser.add_argument('--methods', nargs='+', default=list(METHODS))
    parser.add_argument(
        '--dtypes', nargs='+', help='by default those of the hardware'
    )
    parser.add_argument('--classes', **numbers, help='C')
    parser.add_argument('--frames', **numbers, help='T')
    parser.add_argument('--batch', type=int, dest='videos', help='B')
    parser.add_argument('--repeats', type=int, default=LEAST)
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--compile',
        action='store_true',
        help='also the videos through torch.compile: minutes more',
    )
    parser.add_argument(
        '--videos',
        type=Path,
        dest='videos_folder',
        metavar='DIR',
        help='clips of data and decoding; data/toy/videos if there are some',
    )
    parser.add_argument(
        '--absolute',
        action='store_true',
        help='quote seconds too: on a machine that does nothing else',
    )
    parser.add_argument(
        '--out',
        type=Path,
        metavar='FILE.json',
        default=Path('work_dirs/benchmark/results.json'),
    )
    parser.add_argument('--doc', type=Path, metavar='FILE.md')
    args = parser.parse_args(args)
    for key, value in GRIDS[args.size].items():
        if getattr(args, key) is None:
            setattr(args, key, value)
    if args.dtypes is None:
        args.dtypes = _dtypes(args.device)
    _check(args)
    return args


def _dtypes(device: str) -> list[str]:
    """All, but for one that the hardware would have to emulate."""
    if has_bf16(device):
        return list(DTYPES)
    print(f'no bf16: {device} would have to emulate it')
    return [dtype for dtype in DTYPES if dtype != 'bfloat16']


def _check(args: Namespace) -> None:
    known = dict(methods=METHODS, dtypes=DTYPES, classes=CLASSES)
    for flag, values in known.items():
        for value in getattr(args, flag):
            if value not in values:
                raise UserError(
                    f'--{flag} {value}: expected some of '
                    f'{", ".join(map(str, values))}'
                )
    if args.repeats < LEAST:
        raise UserError(
            f'--repeats {args.repeats}: medians are of at least {LEAST}'
        )
    if min(*args.frames, args.videos) < 1:
        raise UserError('--frames and --batch are at least 1')
    if args.device.startswith('cuda') and not torch.cuda.is_available():
        raise UserError(f'--device {args.device}: this machine has no GPU')
    for flag, suffix in (('out', '.json'), ('doc', '.md')):
        path = getattr(args, flag)
        if path and path.suffix != suffix:
            raise UserError(
                f'--{flag} {path}: expected a name that ends in {suffix}'
            )


def main(args: Sequence[str] | None = None) -> dict[str, list[Record]]:
    """Measure the chosen sections, or all; returns what was measured."""
    given = sys.argv[1:] if args is None else list(args)
    if RELIABILITY in given:
        from .reliability import campaign

        return campaign.main([word for word in given if word != RELIABILITY])
    args = parse_args(args)
    chosen = [n for n in SECTIONS if getattr(args, n)] or list(SECTIONS)
    if any(n in OF_VIDEOS for n in chosen) and not _has_videos(args):
        chosen = [name for name in chosen if name not in OF_VIDEOS]
    sections = {name: SECTIONS[name].SECTION for name in chosen}
    facts = machine.describe(args.device)
    results: dict[str, list[Record]] = {name: [] for name in chosen}
    try:
        for name, job in track({n: SECTIONS[n].jobs(args) for n in chosen}):
            results[name] += job.run()
            save(args.out, results, facts)
    finally:
        show(sections, results)
        print(f'all numbers: {args.out}')
    if args.doc:
        write(args, given, facts, sections, results)
        print(f'written to {args.doc}')
    return results


def _has_videos(args: Namespace) -> bool:
    """Look before anything is measured, not when it is their turn."""
    asked = args.data or args.decoding or args.videos_folder
    args.videos_folder = args.videos_folder or TOY
    if not asked and not args.videos_folder.is_dir():
        print(f'no data and decoding: no videos given, and none in {TOY}')
        return False
    data.find_videos(args.videos_folder)
    return True


if __name__ == '__main__':
    run_command(main)
