"""Draw where models look in a video.

``python tools/analysis/attention.py CONFIG CHECKPOINT VIDEO --text TEXT``
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from mmengine.config import Config
from mmengine.dataset import Compose
from rich.progress import Progress

from vlprompt.analysis.attention import HEADS, relevance, rollout
from vlprompt.analysis.targets import Target, choose_target
from vlprompt.apis import load_config, load_model
from vlprompt.apis.inference import read_video, scope_of
from vlprompt.cli.common import run_command
from vlprompt.datasets import class_names_of
from vlprompt.datasets.pipelines import single_view_pipeline
from vlprompt.errors import UserError
from vlprompt.visualization.frame_grid import (
    FrameRow,
    draw_frame_grid,
    enlarge,
    overlay,
    scale_maps,
    write_gif,
    write_mp4,
)


class Looked(NamedTuple):
    """What a model saw, and where it looked.

    Attributes:
        frames: (T, H, W, 3) uint8 RGB.
        maps: (T, h, w).
        target: What was asked for; None where nothing is.
    """

    frames: np.ndarray
    maps: np.ndarray
    target: Target | None


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Draw where models look in a video')
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoint', help='what was learnt; `none` for the model as made'
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
    return parser.parse_args(args)


def main(args: Sequence[str] | None = None) -> list[Path]:
    """Draw, and return the files that were written."""
    args = parse_args(args)
    if args.compare_checkpoint and not args.compare:
        raise UserError('--compare-checkpoint without --compare CONFIG')
    models = [(args.config, args.checkpoint)]
    if args.compare:
        models.append((args.compare, args.compare_checkpoint))
    configs = [load_config(path) for path, _ in models]
    looks, text = [], args.text
    with Progress(transient=True) as progress:
        task = progress.add_task('models', total=len(models))
        for config, (_, checkpoint) in zip(configs, models, strict=True):
            looks.append(_look(config, checkpoint, text, args))
            if looks[0].target is not None:
                text = looks[0].target.name
            progress.advance(task)
    numbers = [len(look.frames) for look in looks]
    if len(set(numbers)) > 1:
        raise UserError(
            f'the models see {numbers[0]} and {numbers[1]} frames: give the '
            'same number to both with --frames'
        )
    rows = _rows([Path(path).stem for path, _ in models], looks, args)
    return _write(rows, text, args)


def _look(
    config: Config, checkpoint: str | None, text: str | None, args: Namespace
) -> Looked:
    model = load_model(config, checkpoint, args.device)
    with scope_of(config):
        pipeline = Compose(single_view_pipeline(config, args.frames))
    batch = read_video(pipeline, args.video)
    # (1, 3, T, H, W) -> (T, H, W, 3)
    frames = batch['inputs'][0][0].permute(1, 2, 3, 0).numpy()
    batch = model.data_preprocessor(batch)
    inputs, samples = batch['inputs'], batch['data_samples']
    if args.method == 'rollout':
        maps = rollout(model, inputs, args.layers or 'all', args.heads)
        return Looked(frames, maps.cpu().numpy(), None)
    loader = config.get('test_dataloader') or {}
    classes = class_names_of(loader.get('dataset') or {})
    target = choose_target(model, inputs, samples, text, classes)
    layers = args.layers or 'last'
    maps = relevance(model, inputs, target.index, layers, samples)
    return Looked(frames, maps.cpu().numpy(), target)


def _rows(
    names: list[str], looks: list[Looked], args: Namespace
) -> list[FrameRow]:
    rows = [FrameRow('frames', enlarge(looks[0].frames))]
    for name, look in zip(names, looks, strict=True):
        maps = scale_maps(look.maps, args.per_clip)
        if look.target is not None:
            name = f'{name}\n{look.target.describe()}'
        rows.append(FrameRow(name, overlay(enlarge(look.frames), maps)))
    return rows


def _write(
    rows: list[FrameRow], text: str | None, args: Namespace
) -> list[Path]:
    args.out.mkdir(parents=True, exist_ok=True)
    place = args.out / f'{Path(args.video).stem}_{args.method}'
    written = [place.with_name(f'{place.name}.png')]
    title = f'{Path(args.video).name}: {args.method}'
    if args.method == 'relevance':
        title = f'{title} to "{text}"'
    draw_frame_grid(rows, written[0], title)
    for wanted, kind, write in (
        (args.mp4, 'mp4', write_mp4),
        (args.gif, 'gif', write_gif),
    ):
        if wanted:
            written.append(place.with_name(f'{place.name}.{kind}'))
            write(rows, written[-1])
    print('\n'.join(f'written to {path}' for path in written))
    return written


if __name__ == '__main__':
    run_command(main)
