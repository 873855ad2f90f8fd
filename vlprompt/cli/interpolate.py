"""Average checkpoints, and mix in pretrained CLIP.

W is the weight of the pretrained CLIP: 0 is what was fine-tuned, 1 is CLIP as
it was.  Others count the other way round: TC-CLIP's wise_ft 0.7 is W 0.3, and
OST's 0.8 is W 0.2 (its FUSE_WEIGHT_FOR_ORIGIN); Open-VCLIP's patching ratio
0.5 is W 0.5.  Only weights of CLIP that were learned are mixed; new modules
stay as fine-tuned.

Several checkpoints are averaged first (SWA).  --w-from-val validates mixes on
the config's validation list, draws the curve and takes the best W; it picks
up where it was interrupted.  The result is an ordinary checkpoint, which says
what it is made of.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable

from . import launch
from .common import add_common_arguments
from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.averaging import Recipe

EXAMPLE = """vlprompt interpolate configs/vifi/vifi_b16_k400_zs.py \\
        epoch_10.pth --with-clip 0.5 --out vifi_wise.pth"""
STEPS = tuple(i / 10 for i in range(11))


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoints',
        nargs='+',
        metavar='CHECKPOINT',
        help='of this model; several are averaged',
    )
    parser.add_argument(
        '--weights',
        nargs='+',
        type=float,
        metavar='N',
        help='of the checkpoints, in their order; equal ones if left out',
    )
    parser.add_argument('--out', type=Path, required=True, metavar='FILE.pth')
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        '--with-clip',
        type=float,
        metavar='W',
        help='mix with pretrained CLIP, whose weight is W, from 0 to 1',
    )
    group.add_argument(
        '--w-from-val',
        nargs='*',
        type=float,
        metavar='W',
        help='try these weights, 0 to 1 in steps of 0.1 if none is given, '
        'and take the best one',
    )
    _add_validation_arguments(parser)
    add_common_arguments(parser)
    launch.add_launch_arguments(parser)


def _add_validation_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group('what --w-from-val validates on')
    group.add_argument(
        '--val-list',
        metavar='FILE',
        help="other videos than the config's validation",
    )
    group.add_argument('--classes', help='their class list: a name or a file')
    group.add_argument(
        '--video-root', metavar='DIR', help='the folder their paths are below'
    )
    group.add_argument(
        '--metric',
        metavar='NAME',
        help='choose by this one, acc/top1 by default where there is one',
    )
    group.add_argument(
        '--on-test-list',
        action='store_true',
        help='choose on the test videos all the same; the checkpoint says so',
    )


def run(args: Namespace) -> Recipe:
    """Average, mix, write, and say what was written.

    Raises:
        UserError: If flags do not fit each other, or checkpoints the model.
    """
    _check(args)
    if launch.is_launcher(args):
        launch.start('interpolate', args)
    from vlprompt.apis import load_config
    from vlprompt.apis.inputs import check_inputs

    config = load_config(args.config, args.cfg_options)
    config.load_from, config.resume = None, False
    check_writable(args.out.parent)
    if args.w_from_val is not None:
        from .interpolate_curve import run_curve

        return run_curve(args, config)
    check_inputs(config)
    return _mix(args, config)


def _check(args: Namespace) -> None:
    tried = [args.with_clip] if args.with_clip is not None else args.w_from_val
    if tried is None and len(args.checkpoints) == 1:
        raise UserError(
            'one checkpoint alone: give --with-clip W, --w-from-val, or more '
            'checkpoints to average'
        )
    for weight in tried or ():
        if not 0 <= weight <= 1:
            raise UserError(
                f'W is {weight:g}: the weight of pretrained CLIP is from 0 '
                '(fine-tuned) to 1 (CLIP)'
            )
    if args.w_from_val is not None:
        args.w_from_val = [*dict.fromkeys(args.w_from_val or STEPS)]
    flags = dict(
        val_list=args.val_list,
        classes=args.classes,
        video_root=args.video_root,
        metric=args.metric,
        on_test_list=args.on_test_list,
    )
    given = [name for name, value in flags.items() if value]
    if given and args.w_from_val is None:
        name = given[0].replace('_', '-')
        raise UserError(f'--{name} is for --w-from-val')


def _mix(args: Namespace, config: Config) -> Recipe:
    from rich.console import Console

    from vlprompt.apis import init_recognizer
    from vlprompt.averaging.ends import read_ends

    from .reports.mix_report import write_mix

    with Console(stderr=True).status('reading the checkpoints'):
        model = init_recognizer(config, 'none', 'cpu')
        ends = read_ends(
            model, config.model.clip, args.checkpoints, args.weights
        )
    return write_mix(args.out, ends, args.with_clip or 0.0)


def main(args: Sequence[str] | None = None) -> Recipe:
    """Average checkpoints."""
    return run(parse(__name__, args))
