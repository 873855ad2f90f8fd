"""What models cost: ``python tools/analysis/complexity.py CONFIG ...``.

Multiply-accumulates of one view, parameters and, with ``--throughput``, views
per second, with random weights.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.device import get_device
from rich.progress import track
from torch import nn

from vlprompt.analysis.complexity import (
    build_without_weights,
    count_macs,
    count_parameters,
)
from vlprompt.analysis.throughput import DTYPES, measure_throughput
from vlprompt.apis import load_config
from vlprompt.cli.common import run_command
from vlprompt.datasets.lists.class_names import class_names_of
from vlprompt.datasets.pipelines import view_shape
from vlprompt.errors import UserError
from vlprompt.models import CaptionTexts
from vlprompt.protocols.tables import markdown


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Count what models cost')
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
    return parser.parse_args(args)


def main(args: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Print the tables, and return their rows."""
    args = parse_args(args)
    device = args.device or get_device()
    if device.startswith('cuda') and not torch.cuda.is_available():
        raise UserError(f'--device {device}: this machine has no GPU')
    if args.out and args.out.suffix != '.json':
        raise UserError(
            f'--out {args.out}: expected a name that ends in .json'
        )
    configs = [(path, load_config(path)) for path in args.configs]
    rows = [
        {'method': Path(path).stem, **_measure(config, device, args)}
        for path, config in track(configs, 'models', transient=True)
    ]
    print('\n'.join(_tables(rows)))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(rows, indent=2) + '\n')
        print(f'written to {args.out}')
    return rows


def _measure(config: Config, device: str, args: Namespace) -> dict[str, Any]:
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
    known = isinstance(getattr(model, 'texts', None), CaptionTexts)
    if known or not hasattr(model, 'set_classes'):
        return 0
    names = class_names_of(config.test_dataloader.dataset)
    model.set_classes(names)
    return len(names)


def _tables(rows: list[dict]) -> Iterator[str]:
    head = ('Method', 'GFLOPs', 'TP', 'Params (M)', 'Trainable (M)')
    yield markdown(head, [_summary(row) for row in rows])
    yield (
        'GFLOPs: multiply-accumulates (10^9) of one view, texts encoded '
        'before, every\ntoken through every block, as published numbers are '
        'counted. TP: views per second.\n'
    )
    names = list(dict.fromkeys(n for r in rows for n in r['macs']['parts']))
    head = ('Method', 'T', 'as published', 'computed here', *names, 'texts')
    yield markdown(head, [_parts(row, names) for row in rows])
    yield (
        'Computed here: without the outputs that nothing reads: those of '
        'prompts and other\ncontext tokens, and in the last block all but '
        "the class token's. Texts: once for the\nclass list, in no other "
        'column.\n'
    )
    head = ('Method', 'Params (M)', 'without token embedding (M)')
    yield markdown(head, [_words(row) for row in rows])
    timed = [row for row in rows if row['throughput']]
    if timed:
        head = ('Method', *timed[0]['throughput'])
        yield markdown(head, [_timing(row) for row in timed])


def _summary(row: dict) -> list[str]:
    timed, parameters = row['throughput'], row['parameters']
    return [
        row['method'],
        _giga(row['macs']['published']),
        f'{timed["views_per_second"]:.1f}' if timed else '-',
        _mega(parameters['total']),
        _mega(parameters['trainable']),
    ]


def _parts(row: dict, names: list[str]) -> list[str]:
    macs = row['macs']
    shape = row['shape']
    numbers = [macs['published'], macs['computed']]
    numbers += [macs['parts'].get(name) for name in names]
    numbers.append(macs['text'] or None)
    frames = shape[3] if len(shape) == 6 else shape[1]
    return [row['method'], str(frames), *map(_giga, numbers)]


def _words(row: dict) -> list[str]:
    parameters = row['parameters']
    return [
        row['method'],
        _mega(parameters['total']),
        _mega(parameters['without_token_embedding']),
    ]


def _timing(row: dict) -> list[str]:
    values = row['throughput'].values()
    return [
        row['method'],
        *(f'{v:.2f}' if isinstance(v, float) else str(v) for v in values),
    ]


def _giga(macs: int | None) -> str:
    if macs is None:
        return '-'
    return f'{macs / 1e9:.2f}' if macs >= 1e7 else f'{macs / 1e9:.4f}'


def _mega(number: int) -> str:
    return f'{number / 1e6:.2f}'


if __name__ == '__main__':
    run_command(main)
