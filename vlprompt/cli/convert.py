"""Convert published weights.

OUT is a checkpoint of what was learned, and beside it the CLIP it belongs to
and a config of the model are written, both worked out from the names and
shapes in the file.  The kinds `openai` and `huggingface` are CLIPs without
anything else: OUT is a .safetensors file for clip=dict(pretrained=...).  The
kind `vlprompt` is a checkpoint of this library, for --to openai.  Of the
kinds `huggingface` and `huggingface-xclip` IN may also be a folder of
transformers or its address on the Hub, hf://user/name.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from vlprompt.clip_flag import check_clip_flag
from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable

from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config
    from torch import nn

    from vlprompt.converters import Conversion
    from vlprompt.converters.key_mapper import KeyMove

EXAMPLE = """vlprompt convert vita k400.pth vita.pth \\
        --config configs/vita/vita_b16_k400.py"""
KINDS = (
    'openai',
    'huggingface',
    'huggingface-xclip',
    'vifi',
    'ost',
    'bdc',
    'vita',
    'xclip',
    'tc-clip',
    'actionclip',
    'mmaction-actionclip',
    'a5',
    'aim',
    'st-adapter',
    't2l',
    'mote',
    'zeroi2v',
    'openvclip',
    'clip-lora',
    'froster',
    'clip4clip',
    'xpool',
    'tmass',
    'wti',
    'maple',
    'promptsrc',
    'vlprompt',
)
CLIPS = ('openai', 'huggingface')
ACTIVATIONS = ('quick_gelu', 'gelu')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'kind', choices=KINDS, metavar='KIND', help=', '.join(KINDS)
    )
    parser.add_argument('source', metavar='IN', help='what was published')
    parser.add_argument('target', metavar='OUT', help='what to write')
    parser.add_argument(
        '--clip',
        metavar='FILE',
        help='weights of the CLIP it was trained on, for checkpoints that '
        'lack part of it (vifi, maple, clip-lora)',
    )
    parser.add_argument(
        '--config',
        help='take data, schedule and preprocessing of the written config '
        'from this one; with vlprompt, the config of the checkpoint',
    )
    parser.add_argument(
        '--to',
        choices=['vlprompt', 'openai'],
        help='openai: write one CLIP with what was learned merged in, as '
        '.safetensors or .pt, where the method has one',
    )
    group = parser.add_argument_group('openai alone')
    group.add_argument(
        '--keep-dtype',
        action='store_true',
        help='keep the stored precision instead of float32',
    )
    group.add_argument(
        '--activation',
        choices=ACTIVATIONS,
        help='what the weights were trained with, where the file does not '
        "say so; OpenAI's archives do",
    )


def run(args: Namespace) -> None:
    """Convert one file."""
    _check_flags(args)
    import torch

    from vlprompt import converters
    from vlprompt.models.clip.arch import activation_of
    from vlprompt.utils import register_all_modules

    if args.kind == 'openai':
        dtype = None if args.keep_dtype else torch.float32
        return converters.convert_archive(
            args.source, args.target, args.activation, dtype
        )
    _check_suffix(args, target := Path(args.target))
    register_all_modules()
    check_writable(target.parent)
    if args.kind == 'vlprompt':
        return _merge(_own_model(args), target)
    conversion, base = _convert(args)
    _show(conversion.moved)
    if args.kind in CLIPS:
        activation = activation_of(conversion.arch)
        converters.save_clip(conversion.clip, target, activation)
        print(f'Wrote {target}: {len(conversion.clip)} tensors')
        return None
    with TemporaryDirectory(dir=target.parent) as folder:
        clip_file = Path(folder) / 'clip.safetensors'
        converters.save_clip(conversion.clip, clip_file)
        model = converters.build(conversion, str(clip_file))
        if args.to == 'openai':
            return _merge(model, target)
        return _write(target, conversion, model, clip_file, base)


def _convert(args: Namespace) -> tuple[Conversion, Config | str | None]:
    """The conversion, and the config that it goes into."""
    from vlprompt import converters
    from vlprompt.hub.converted_folder import convert_folder, is_folder

    if is_folder(args.source):
        conversion, config = convert_folder(args.kind, args.source)
        return conversion, args.config or config
    content = converters.read(args.kind, args.source)
    parts = content, converters.load_base(args.clip), args.source
    return converters.convert(args.kind, *parts), args.config


def _check_flags(args: Namespace) -> None:
    """Refuse what the kind has no use for."""
    given = {
        '--clip': args.clip,
        '--config': args.config,
        '--to': args.to,
        '--keep-dtype': args.keep_dtype,
        '--activation': args.activation,
    }
    unused = [] if args.kind == 'openai' else ['--keep-dtype', '--activation']
    if args.kind in CLIPS:
        unused += ['--clip', '--config', '--to']
    if args.kind == 'vlprompt':
        unused.append('--clip')
    for flag in filter(given.get, unused):
        raise UserError(f'{args.kind} has no use for {flag}')
    check_clip_flag(args.clip)


def _write(
    target: Path,
    conversion: Conversion,
    model: nn.Module,
    clip_file: Path,
    base: Config | str | None,
) -> None:
    """Write the checkpoint, its CLIP and its config."""
    from mmengine.runner.checkpoint import get_state_dict, save_checkpoint

    from vlprompt import converters

    clip = target.with_suffix('.clip.safetensors')
    config = target.with_suffix('.py')
    converters.write_config(conversion, str(clip), config, base)
    clip_file.replace(clip)
    content = dict(meta={}, state_dict=get_state_dict(model))
    save_checkpoint(content, str(target))
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print(
        f'Wrote {target} ({learned:,} trainable parameters), {clip} and '
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
    from vlprompt.apis import init_recognizer, load_config

    if args.config is None or args.to != 'openai':
        raise UserError('vlprompt needs --config CONFIG and --to openai')
    return init_recognizer(load_config(args.config), args.source, 'cpu')


def _merge(model: nn.Module, target: Path) -> None:
    from mmengine.runner.checkpoint import save_checkpoint

    from vlprompt import converters
    from vlprompt.exporting.merged_clip import merge_clip
    from vlprompt.models.clip.names import to_openai

    merged = merge_clip(model).tensors
    clip = {to_openai(name): t.contiguous() for name, t in merged.items()}
    if target.suffix == '.safetensors':
        converters.save_clip(clip, target)
    else:
        save_checkpoint(clip, str(target))
    print(f'Wrote {target}: a CLIP of {len(clip)} tensors')


def _show(moved: list[KeyMove]) -> None:
    table = Table('in the checkpoint', 'tensors', 'here')
    for line in moved:
        table.add_row(line.source, str(line.number), line.target)
    Console().print(table)


def main(args: Sequence[str] | None = None) -> None:
    """Convert one file."""
    run(parse(__name__, args))
