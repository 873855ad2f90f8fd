"""Make the toy world and its CLIP.

Rendered clips of moving objects, their lists and class names, and a small
CLIP that knows still pictures of them: all that training and testing need,
without a download.  What lies there already is kept if the same code made it
from the same parameters.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.threads import usable_cores
from vlprompt.toy.schedule import Schedule

from .parsing import parse

EXAMPLE = 'vlprompt toy world --root data/toy'
WORLD = dict(seed=0, num_train=12, num_val=8)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('--root', type=Path, default=Path('data/toy'))
    parser.add_argument('--seed', type=int)
    parser.add_argument(
        '--num-train',
        type=int,
        help='training clips of a class, %(default)s if not given',
    )
    parser.add_argument(
        '--num-val',
        type=int,
        help='validation clips of a class, %(default)s if not given',
    )
    parser.add_argument(
        '--pretrain',
        action='store_true',
        help='make the CLIP anew instead of taking the one that is shipped: '
        'minutes; it is left in ROOT/pretrained as it would be shipped',
    )
    parser.add_argument(
        '--num-stills',
        type=int,
        help='pictures that it learns from, with --pretrain',
    )
    parser.add_argument(
        '--image-steps',
        type=int,
        help='training steps of the image tower, with --pretrain',
    )
    parser.add_argument(
        '--text-steps',
        type=int,
        help='training steps of the text tower, with --pretrain',
    )
    parser.add_argument(
        '--workers',
        type=int,
        default=usable_cores(),
        help='processes that draw, one for each core by default',
    )
    parser.add_argument(
        '--force', action='store_true', help='make everything anew'
    )
    plan = Schedule()
    parser.set_defaults(
        **WORLD,
        num_stills=plan.num_stills,
        image_steps=plan.image_steps,
        text_steps=plan.text_steps,
    )


def run(args: Namespace) -> None:
    """Make what is missing."""
    from vlprompt.toy import make_world

    make_world.run(args)


def main(args: Sequence[str] | None = None) -> None:
    """Make the toy world."""
    run(parse(__name__, args))
