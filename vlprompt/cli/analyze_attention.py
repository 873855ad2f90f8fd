"""Draw where models look in a video.

`relevance` shows what the score of a text or class depends on, `rollout`
follows the attention alone.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import track

from vlprompt.errors import UserError

from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config

    from .reports.attention_report import Look

EXAMPLE = """vlprompt analyze attention CONFIG CHECKPOINT video.mp4 \\
        --text 'riding a bike'"""
HEADS = ('mean', 'max')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoint', help='what was learned; `none` for the model as made'
    )
    parser.add_argument('video')
    parser.add_argument(
        '--text',
        help='any text, or a class (or its number) of a model without texts; '
        'the predicted class if not given',
    )
    parser.add_argument('--compare', metavar='CONFIG', help='a second model')
    parser.add_argument('--compare-checkpoint', metavar='CHECKPOINT')
    parser.add_argument(
        '--method', choices=('relevance', 'rollout'), default='relevance'
    )
    parser.add_argument(
        '--layers',
        help='last, all, i or i-j from 0 on; last for relevance, all for '
        'rollout if not given',
    )
    parser.add_argument(
        '--heads', choices=HEADS, default='mean', help='of rollout'
    )
    parser.add_argument(
        '--per-clip',
        action='store_true',
        help='one scale for all frames of a clip, not one for each',
    )
    parser.add_argument('--frames', type=int, help="T, if not the config's")
    parser.add_argument(
        '--out', type=Path, default=Path('work_dirs/attention')
    )
    parser.add_argument('--mp4', action='store_true', help='write a video')
    parser.add_argument('--gif', action='store_true', help='write a GIF')
    parser.add_argument('--device', help='the GPU, if there is one')


def run(args: Namespace) -> list[Path]:
    """Draw, and return the files that were written."""
    from vlprompt.apis import load_config

    from .reports.attention_report import make_rows, write

    if args.compare_checkpoint and not args.compare:
        raise UserError('--compare-checkpoint without --compare CONFIG')
    models = [(args.config, args.checkpoint)]
    if args.compare:
        models.append((args.compare, args.compare_checkpoint))
    configs = [(load_config(path), weights) for path, weights in models]
    looks, text = [], args.text
    for config, checkpoint in track(configs, 'models', transient=True):
        looks.append(look(args, config, checkpoint, text))
        if looks[0].target is not None:
            text = looks[0].target.name
    _check_lengths(looks)
    names = [Path(path).stem for path, _ in models]
    video = Path(args.video)
    title = f'{video.name}: {args.method}'
    if args.method == 'relevance':
        title = f'{title} to "{text}"'
    written = write(
        make_rows(names, looks, args.per_clip),
        args.out / f'{video.stem}_{args.method}.png',
        title,
        [kind for kind in ('mp4', 'gif') if getattr(args, kind)],
    )
    print('\n'.join(f'written to {path}' for path in written))
    return written


def look(
    args: Namespace, config: Config, checkpoint: str | None, text: str | None
) -> Look:
    """Show the video to a model."""
    from mmengine.dataset import Compose

    from vlprompt.analysis.attention import relevance, rollout
    from vlprompt.analysis.targets import choose_target
    from vlprompt.apis import init_recognizer
    from vlprompt.apis.inference import read_video, scope_of
    from vlprompt.datasets import class_names_of
    from vlprompt.datasets.pipelines import single_view_pipeline

    from .reports.attention_report import Look

    model = init_recognizer(config, checkpoint, args.device)
    with scope_of(config):
        pipeline = Compose(single_view_pipeline(config, args.frames))
    batch = read_video(pipeline, args.video)
    # (1, 3, T, H, W) -> (T, H, W, 3)
    frames = batch['inputs'][0][0].permute(1, 2, 3, 0).numpy()
    batch = model.data_preprocessor(batch)
    inputs, samples = batch['inputs'], batch['data_samples']
    if args.method == 'rollout':
        maps = rollout(model, inputs, args.layers or 'all', args.heads)
        return Look(frames, maps.cpu().numpy(), None)
    loader = config.get('test_dataloader') or {}
    classes = class_names_of(loader.get('dataset') or {})
    target = choose_target(model, inputs, samples, text, classes)
    layers = args.layers or 'last'
    maps = relevance(model, inputs, target.index, layers, samples)
    return Look(frames, maps.cpu().numpy(), target)


def _check_lengths(looks: Sequence[Look]) -> None:
    numbers = [len(look.frames) for look in looks]
    if len(set(numbers)) > 1:
        raise UserError(
            f'the models see {numbers[0]} and {numbers[1]} frames: give the '
            'same number to both with --frames'
        )


def main(args: Sequence[str] | None = None) -> list[Path]:
    """Draw, and return the files that were written."""
    return run(parse(__name__, args))
