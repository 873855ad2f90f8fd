"""Make the toy world: clips, lists, class names, and a CLIP of its stills.

What lies there already is kept if the same code made it from the same
parameters.  The CLIP is the one that is shipped, unless ``--pretrain`` asks
for one made here.
"""

import json
import shutil
import time
from argparse import Namespace
from pathlib import Path

from .clip_file import NAME, SHIPPED, expand
from .files import is_written, write_world
from .make_clip import make_clip, source_of
from .pretrain import Schedule
from .world import World, class_names, clip_names, is_base


def make_videos(args: Namespace) -> None:
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


def place_clip(args: Namespace) -> None:
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


def _pretrain(args: Namespace) -> Path:
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


def run(args: Namespace) -> None:
    """Make what is missing."""
    make_videos(args)
    place_clip(args)
