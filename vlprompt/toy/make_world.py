"""Make the toy world: clips, lists, class names, and a CLIP of its stills.

What lies there already is kept if the same code made it from the same
parameters.  The CLIP is the one that is shipped, unless ``--pretrain`` asks
for one made here.
"""

import json
import shutil
from argparse import Namespace
from pathlib import Path

from rich.console import Console

from .files import CLIP, CLIP_REPORT, SHIPPED, is_written, write_world
from .progress import Display, Stage
from .schedule import Schedule
from .world import World, class_names, clip_names, is_base


def world_of(args: Namespace) -> World:
    """What the flags say of the clips."""
    return World(
        seed=args.seed, num_train=args.num_train, num_val=args.num_val
    )


def make_videos(args: Namespace, stage: Stage) -> None:
    """Write the clips and their lists, if they are not there."""
    world = world_of(args)
    if args.force or not is_written(world, args.root):
        write_world(
            world, args.root, args.workers, stage.expect, stage.advance
        )
        return
    there = len(list(clip_names(world)))
    stage.expect(there)
    stage.advance(there)


def place_clip(args: Namespace, display: Display) -> dict:
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


def _pretrain(args: Namespace, display: Display) -> Path:
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


def run(args: Namespace) -> None:
    """Make what is missing, and say what is there."""
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
