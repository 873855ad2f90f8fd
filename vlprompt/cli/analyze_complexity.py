"""Count operations and parameters of models.

Multiply-accumulates of one view, parameters and, with --throughput, views per
second, all with random weights.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import track

from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable, write_text

from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config
    from torch import nn

EXAMPLE = 'vlprompt analyze complexity configs/vilt/vilt_b16_k400.py'
DTYPES = ('float32', 'bfloat16', 'float16')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'configs',
        nargs='+',
        metavar='CONFIG',
        help='files, or package::file of a package (also mmaction::...)',
    )
    parser.add_argument('--frames', type=int, help="T, if not the config's")
    parser.add_argument('--out', type=Path, metavar='FILE.json')
    parser.add_argument(
        '--throughput', action='store_true', help='time forward passes'
    )
    parser.add_argument('--device', help='the GPU, if there is one')
    parser.add_argument('--dtype', choices=DTYPES, default='float32')
    parser.add_argument('--batch-size', type=int, default=8)
    parser.add_argument('--iterations', type=int, default=50)


def run(args: Namespace) -> list[dict[str, Any]]:
    """Print the tables, and return their rows."""
    from vlprompt.apis import load_config

    from .reports.complexity_report import tables

    device = _device(args.device)
    if args.out and args.out.suffix != '.json':
        raise UserError(
            f'--out {args.out}: expected a name that ends in .json'
        )
    if args.out:
        check_writable(args.out.parent)
    configs = [(path, load_config(path)) for path in args.configs]
    rows = [
        {'method': Path(path).stem, **_measure(config, device, args)}
        for path, config in track(configs, 'models', transient=True)
    ]
    print('\n'.join(tables(rows)))
    if args.out:
        write_text(args.out, json.dumps(rows, indent=2) + '\n')
        print(f'written to {args.out}')
    return rows


def _device(given: str | None) -> str:
    from mmengine.device import get_device

    from vlprompt.hardware import check_device

    device = given or get_device()
    check_device(device)
    return device


def _measure(config: Config, device: str, args: Namespace) -> dict[str, Any]:
    from vlprompt.analysis.complexity import (
        build_without_weights,
        count_macs,
        count_parameters,
    )
    from vlprompt.analysis.throughput import measure_throughput
    from vlprompt.datasets.pipelines import view_shape

    model = build_without_weights(config)
    classes = _set_classes(model, config)
    shape = view_shape(config, args.frames)
    row = dict(
        shape=shape,
        classes=classes,
        macs=count_macs(model, shape)._asdict(),
        parameters=count_parameters(model)._asdict(),
        throughput=None,
    )
    if args.throughput:
        timed = measure_throughput(
            model.to(device),
            shape,
            args.batch_size,
            args.iterations,
            args.dtype,
        )
        row['throughput'] = timed._asdict()
    return row


def _set_classes(model: nn.Module, config: Config) -> int:
    """Give the model the classes of its test, and say how many they are."""
    from vlprompt.datasets import class_names_of
    from vlprompt.models import CaptionTexts

    known = isinstance(getattr(model, 'texts', None), CaptionTexts)
    if known or not hasattr(model, 'set_classes'):
        return 0
    names = class_names_of(config.test_dataloader.dataset)
    model.set_classes(names)
    return len(names)


def main(args: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Print the tables, and return their rows."""
    return run(parse(__name__, args))
