"""Make the toy world: clips, lists, class names, and a CLIP of its stills.

python tools/data/make_toy_world.py [--root data/toy] [--seed 0] [--force]

What lies there already is kept if the same code made it from the same
parameters.  The CLIP is the one that is shipped, unless ``--pretrain`` asks
for one made here.  docs/toy_world.md says what the world is.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from .clip_file import NAME, SHIPPED, expand
from .files import is_written, write_world
from .make_clip import make_clip, source_of
from .pretrain import Schedule
from .world import World, class_names, clip_names, is_base


def parse_args(args: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    world, plan = World(), Schedule()
    parser = argparse.ArgumentParser(description='Make the toy world')
    parser.add_argument('--root', type=Path, default=Path('data/toy'))
    parser.add_argument('--seed', type=int, default=world.seed)
    parser.add_argument(
        '--num-train', type=int, default=world.num_train, help='of a class'
    )
    parser.add_argument(
        '--num-val', type=int, default=world.num_val, help='of a class'
    )
    parser.add_argument(
        '--pretrain', action='store_true',
        help='make the CLIP anew instead of taking the one that is shipped: '
        'minutes; it is left in ROOT/pretrained as it would be shipped',
    )  # fmt: skip
    parser.add_argument(
        '--num-stills', type=int, default=plan.num_stills,
        help='pictures that it learns from, with --pretrain',
    )  # fmt: skip
    parser.add_argument(
        '--image-steps', type=int, default=plan.image_steps,
        help='for which the image tower learns, with --pretrain',
    )  # fmt: skip
    parser.add_argument(
        '--text-steps', type=int, default=plan.text_steps,
        help='for which the text tower learns, with --pretrain',
    )  # fmt: skip
    parser.add_argument(
        '--workers', type=int, default=len(os.sched_getaffinity(0)),
        help='processes that draw',
    )  # fmt: skip
    parser.add_argument(
        '--force', action='store_true', help='make everything anew'
    )
    return parser.parse_args(args)


def make_videos(args: argparse.Namespace) -> None:
    """Write the clips and their lists, if they are not there."""
    world = World(
        seed=args.seed, num_train=args.num_train, num_val=args.num_val
    )
    if args.force or not is_written(world, args.root):
        start = time.perf_counter()
        write_world(world, args.root, args.workers)
        seconds = time.perf_counter() - start
        print(f'{len(list(clip_names(world)))} clips in {seconds:.1f} s')
    names = class_names()
    base = sum(is_base(name) for name in names)
    print(f'{args.root}: {base} base, {len(names) - base} novel classes')


def place_clip(args: argparse.Namespace) -> None:
    """Put the CLIP and its report into the world, if it is not there."""
    source = _pretrain(args) if args.pretrain else SHIPPED
    report = source / 'toy_clip.json'
    placed = args.root / 'toy_clip.json'
    kept = placed.is_file() and placed.read_text() == report.read_text()
    if args.force or not kept or not (args.root / NAME).is_file():
        placed.unlink(missing_ok=True)
        expand(source / NAME, args.root / NAME)
        shutil.copyfile(report, placed)
    result = json.loads(report.read_text())
    whose = 'made here' if args.pretrain else 'shipped'
    print(f'CLIP of still pictures, {whose}; its zero-shot accuracy on')
    print(f'{result["pictures"]} pictures that it has not seen:')
    for name, score in result['zero_shot'].items():
        print(f'  {name:<9}{100 * score:5.1f} %')


def _pretrain(args: argparse.Namespace) -> Path:
    """The folder of a CLIP made by this code with these numbers."""
    plan = Schedule(
        seed=args.seed,
        num_stills=args.num_stills,
        image_steps=args.image_steps,
        text_steps=args.text_steps,
    )
    folder = args.root / 'pretrained'
    report = folder / 'toy_clip.json'
    known = report.is_file() and (folder / NAME).is_file()
    same = known and json.loads(report.read_text())['source'] == (
        source_of(plan)
    )
    if args.force or not same:
        make_clip(folder, plan, args.workers)
    return folder


def main(args: Sequence[str] | None = None) -> None:
    """Make what is missing."""
    args = parse_args(args)
    make_videos(args)
    place_clip(args)
