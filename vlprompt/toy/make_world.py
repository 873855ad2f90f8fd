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
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from .files import CLIP, CLIP_REPORT, SHIPPED, is_written, write_world
from .progress import Display, Stage
from .schedule import Schedule
from .world import World, class_names, is_base


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


def world_of(args: argparse.Namespace) -> World:
    """What the flags say of the clips."""
    return World(
        seed=args.seed, num_train=args.num_train, num_val=args.num_val
    )


def make_videos(args: argparse.Namespace, stage: Stage) -> None:
    """Write the clips and their lists, if they are not there."""
    world = world_of(args)
    if args.force or not is_written(world, args.root):
        write_world(
            world, args.root, args.workers, stage.expect, stage.advance
        )


def place_clip(args: argparse.Namespace, display: Display) -> dict:
    """Put the CLIP and its report into the world, if it is not there.

    Returns:
        The report.
    """
    source = _pretrain(args, display) if args.pretrain else SHIPPED
    report, placed = source / CLIP_REPORT, args.root / CLIP_REPORT
    kept = placed.is_file() and placed.read_text() == report.read_text()
    if args.force or not kept or not (args.root / CLIP).is_file():
        from .clip_file import expand

        placed.unlink(missing_ok=True)
        expand(source / CLIP, args.root / CLIP)
        shutil.copyfile(report, placed)
    return json.loads(report.read_text())


def _pretrain(args: argparse.Namespace, display: Display) -> Path:
    """The folder of a CLIP made by this code with these numbers."""
    from .make_clip import make_clip, source_of

    plan = Schedule(
        seed=args.seed,
        num_stills=args.num_stills,
        image_steps=args.image_steps,
        text_steps=args.text_steps,
    )
    folder = args.root / 'pretrained'
    report = folder / CLIP_REPORT
    known = report.is_file() and (folder / CLIP).is_file()
    same = known and json.loads(report.read_text())['source'] == (
        source_of(plan)
    )
    if args.force or not same:
        make_clip(folder, plan, args.workers, display)
    return folder


def main(args: Sequence[str] | None = None) -> None:
    """Make what is missing, and say what is there."""
    args = parse_args(args)
    display = Display(Console())
    with display.live():
        with display.stage('render the clips', 'clips') as stage:
            make_videos(args, stage)
        report = place_clip(args, display)
    names = class_names()
    base = sum(is_base(name) for name in names)
    print(f'{args.root}: {base} base, {len(names) - base} novel classes')
    whose = 'made here' if args.pretrain else 'shipped'
    print(f'CLIP of still pictures, {whose}; its zero-shot accuracy on')
    print(f'{report["pictures"]} pictures that it has not seen:')
    for name, score in report['zero_shot'].items():
        print(f'  {name:<9}{100 * score:5.1f} %')
