"""Make the toy world: clips, lists, class names, and a CLIP of its stills.

python tools/data/make_toy_world.py [--root data/toy] [--seed 0] [--force]

What lies there already is kept if the same code made it from the same
parameters.  docs/toy_world.md says what the world is.
"""

import argparse
import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import open_clip
import torch
from mmengine.config import Config
from safetensors.torch import save_file

from . import captions, pretrain, scenes, shapes, stills
from .check import zero_shot
from .configs import find_config
from .files import digest, is_written, write_world
from .pretrain import Schedule, initialise, learn_images, learn_texts
from .stills import draw_stills
from .world import World, class_names, clip_names, is_base

ARCHITECTURE = '_base_/models/toy_clip.py'
NUM_HELD_OUT = 1000


def parse_args(args: list[str] | None = None) -> argparse.Namespace:
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
        '--image-steps', type=int, default=plan.image_steps,
        help='for which the image tower learns',
    )  # fmt: skip
    parser.add_argument(
        '--text-steps', type=int, default=plan.text_steps,
        help='for which the text tower learns',
    )  # fmt: skip
    parser.add_argument(
        '--workers', type=int, default=len(os.sched_getaffinity(0)),
        help='processes that draw',
    )  # fmt: skip
    parser.add_argument(
        '--force', action='store_true', help='make everything anew'
    )
    return parser.parse_args(args)


def make_videos(args: argparse.Namespace) -> World:
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
    return world


def make_clip(args: argparse.Namespace, world: World) -> None:
    """Pre-train and save the CLIP, if it is not there, and its report."""
    arch = Config.fromfile(find_config(ARCHITECTURE)).model.clip.arch.to_dict()
    plan = Schedule(
        seed=args.seed,
        image_steps=args.image_steps,
        text_steps=args.text_steps,
    )
    modules = (captions, pretrain, scenes, shapes, stills)
    wanted = digest(*modules, arch=arch, side=world.side, **asdict(plan))
    report = args.root / 'toy_clip.json'
    if args.force or _digest_of(report) != wanted:
        start = time.perf_counter()
        report.unlink(missing_ok=True)
        clip, scores = pretrained_clip(arch, plan, world.side, args.workers)
        _save(clip, args.root / 'toy_clip.safetensors')
        seconds = round(time.perf_counter() - start, 1)
        result = dict(digest=wanted, seconds=seconds, zero_shot=scores)
        report.write_text(json.dumps(result, indent=2) + '\n')
    result = json.loads(report.read_text())
    print(f'CLIP of still pictures, learned in {result["seconds"]} s; its')
    print(f'zero-shot accuracy on {NUM_HELD_OUT} pictures it has not seen:')
    for name, score in result['zero_shot'].items():
        print(f'  {name:<9}{100 * score:5.1f} %')


def pretrained_clip(
    arch: dict, plan: Schedule, side: int, workers: int
) -> tuple[torch.nn.Module, dict[str, float]]:
    """A CLIP that learned stills, and its accuracy on held-out ones."""
    size = arch['vision_cfg']['image_size']
    pictures = draw_stills(side, size, plan.num_stills, plan.seed, workers)
    torch.manual_seed(plan.seed)
    clip = open_clip.CustomTextCLIP(**arch)
    tokenizer = open_clip.SimpleTokenizer()
    initialise(clip)
    learn_images(clip, pictures, plan)
    learn_texts(clip, pictures, tokenizer, plan)
    unseen = draw_stills(side, size, NUM_HELD_OUT, plan.seed + 10**6, workers)
    return clip.eval(), zero_shot(clip, unseen, tokenizer)


def _digest_of(report: Path) -> str | None:
    if not report.is_file():
        return None
    if not report.with_suffix('.safetensors').is_file():
        return None
    return json.loads(report.read_text())['digest']


def _save(clip: torch.nn.Module, path: Path) -> None:
    """Write a file that is whole or not there."""
    part = path.with_suffix('.part')
    save_file(clip.state_dict(), part, {'activation': 'quick_gelu'})
    part.replace(path)


def main(args: list[str] | None = None) -> None:
    """Make what is missing."""
    args = parse_args(args)
    make_clip(args, make_videos(args))
