"""Convert a published checkpoint: ``release.py KIND IN OUT [flags]``.

Writes OUT, a checkpoint of ours (what was learnt), and beside it the CLIP it
belongs to and a config of the model, both worked out from the names and
shapes in the file::

    python tools/convert/release.py vita k400.pth vita.pth --config \\
        configs/vita/vita_b16_k400.py
    python tools/test.py vita.py vita.pth

``openai`` and ``huggingface`` are CLIPs without anything else: OUT is a
.safetensors file for ``clip=dict(pretrained=...)``.  ``vlprompt`` is a
checkpoint of ours, for ``--to openai``.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from mmengine.runner.checkpoint import get_state_dict
from rich.console import Console
from rich.table import Table
from torch import nn

from vlprompt import converters
from vlprompt.apis import load_config
from vlprompt.cli import convert_clip
from vlprompt.cli.common import run_command
from vlprompt.errors import UserError
from vlprompt.registry import MODELS
from vlprompt.utils import register_all_modules

CLIPS = ('openai', 'huggingface')


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Convert a published checkpoint')
    parser.add_argument(
        'kind', choices=['openai', *converters.KINDS, 'vlprompt']
    )
    parser.add_argument('source', metavar='IN', help='what was published')
    parser.add_argument('target', metavar='OUT', help='what to write')
    parser.add_argument(
        '--clip',
        metavar='FILE',
        help='weights of the CLIP it was trained on, for checkpoints that '
        'lack part of it (vifi, maple)',
    )
    parser.add_argument(
        '--config',
        help='take data, schedule and preprocessing of the written config '
        'from this one; with vlprompt, the config of the checkpoint',
    )
    parser.add_argument(
        '--to',
        choices=['vlprompt', 'openai'],
        default='vlprompt',
        help='openai: write one CLIP with what was learnt merged in, as '
        '.safetensors or .pt, where the method has one',
    )
    return parser.parse_args(args)


def main(args: Sequence[str] | None = None) -> None:
    """Convert one file."""
    args = parse_args(args)
    register_all_modules()
    if args.kind == 'openai':
        return convert_clip.main([args.source, args.target])
    target = Path(args.target)
    _check_suffix(args, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    if args.kind == 'vlprompt':
        return _merge(_own_model(args), target)
    conversion = converters.convert(
        args.kind,
        converters.read(args.kind, args.source),
        converters.load_base(args.clip),
    )
    _show(conversion.moved)
    if args.kind in CLIPS:
        converters.save_clip(conversion.clip, target)
        print(f'Wrote {target}: {len(conversion.clip)} tensors')
        return None
    with TemporaryDirectory(dir=target.parent) as folder:
        clip_file = Path(folder) / 'clip.safetensors'
        converters.save_clip(conversion.clip, clip_file)
        model = converters.build(conversion, str(clip_file))
        if args.to == 'openai':
            return _merge(model, target)
        return _write(args, conversion, model, clip_file)


def _write(
    args: Namespace,
    conversion: converters.Conversion,
    model: nn.Module,
    clip_file: Path,
) -> None:
    """Write the checkpoint, its CLIP and its config."""
    target = Path(args.target)
    clip = target.with_suffix('.clip.safetensors')
    config = target.with_suffix('.py')
    converters.write_config(conversion, str(clip), config, args.config)
    torch.save(dict(meta={}, state_dict=get_state_dict(model)), target)
    clip_file.replace(clip)
    learnt = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print(
        f'Wrote {target} ({learnt:,} trainable parameters), {clip} and '
        f'{config}'
    )


def _check_suffix(args: Namespace, target: Path) -> None:
    expected = ('.pth',)
    if args.kind in CLIPS:
        expected = ('.safetensors',)
    elif args.to == 'openai':
        expected = ('.safetensors', '.pt')
    if target.suffix not in expected:
        raise UserError(
            f'{target}: expected a name in {" or ".join(expected)}'
        )


def _own_model(args: Namespace) -> nn.Module:
    """The model of a checkpoint of ours."""
    if args.config is None or args.to != 'openai':
        raise UserError('vlprompt needs --config CONFIG and --to openai')
    model = MODELS.build(load_config(args.config).model)
    content = torch.load(args.source, map_location='cpu', weights_only=True)
    model.load_state_dict(content['state_dict'])
    return model


def _merge(model: nn.Module, target: Path) -> None:
    clip = converters.merged_clip(model)
    if target.suffix == '.safetensors':
        converters.save_clip(clip, target)
    else:
        torch.save({k: v.contiguous() for k, v in clip.items()}, target)
    print(f'Wrote {target}: a CLIP of {len(clip)} tensors')


def _show(moved: list[converters.keys.Moved]) -> None:
    table = Table('in the checkpoint', 'tensors', 'here')
    for line in moved:
        table.add_row(line.source, str(line.number), line.target)
    Console().print(table)


if __name__ == '__main__':
    run_command(main)
