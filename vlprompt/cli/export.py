"""Write a model for ONNX, torch.export or open_clip.

MODEL is what --model takes elsewhere.  The file takes normalised frames of
clips, a batch of any size, and gives the logits of the classes, whose texts
are constants in it; or, with --embedding, the embedding of the video alone.
With --merge it is one CLIP, weights alone, with LoRA and linear adapters
folded into its matrices.  It is checked against the model on clips, and a
JSON file beside it says how clips are prepared for it.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.clip_flag import check_clip_flag
from vlprompt.errors import UserError

from .model_flags import add_class_argument, add_weights_arguments
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.apis.export_model import Exported
    from vlprompt.apis.merge_model import Merged

EXAMPLE = 'vlprompt export work_dirs/vilt_b16_k400 --onnx vilt.onnx'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'model',
        metavar='MODEL',
        help='a name that `vlprompt models` lists, a config, the folder of a '
        'run or of a pushed model, hf://user/name',
    )
    parser.add_argument(
        '--onnx', metavar='FILE.onnx', help='write ONNX (extra `export`)'
    )
    parser.add_argument(
        '--torch', metavar='FILE.pt2', help='write a torch.export program'
    )
    parser.add_argument(
        '--merge',
        metavar='FILE',
        help='write both towers as one CLIP that open_clip loads, as '
        '.safetensors or .pt, if all that was learned fits into one',
    )
    add_class_argument(parser)
    parser.add_argument(
        '--embedding',
        action='store_true',
        help='the embedding of the video, without classes',
    )
    add_weights_arguments(parser)
    parser.add_argument(
        '--opset', type=int, help="of ONNX; the exporter's own by default"
    )
    parser.add_argument(
        '--clips',
        nargs='+',
        metavar='INPUT',
        help='videos, a folder or a list to check the file with; eight '
        'rendered clips by default',
    )


def run(args: Namespace) -> Exported | Merged:
    """Export, and say what was written.

    Raises:
        UserError: If flags do not fit each other or the model.
    """
    if args.merge:
        return _merge(args)
    if args.embedding and args.classes:
        raise UserError('--embedding has no classes: leave out --classes')
    check_clip_flag(args.clip)
    from rich.console import Console

    from vlprompt.apis.export_model import export

    console = Console(stderr=True)
    with console.status('starting') as status:
        done = export(
            args.model,
            args.checkpoint,
            onnx=args.onnx,
            torch=args.torch,
            output='embedding' if args.embedding else 'logits',
            classes=args.classes,
            clips=args.clips,
            opset=args.opset,
            on_step=status.update,
            clip=args.clip,
            template=args.template,
            frames=args.frames,
        )
    print(_report(done))
    return done


def _merge(args: Namespace) -> Merged:
    others = [f'--{k}' for k in ('onnx', 'torch', 'embedding', 'opset')]
    given = [flag for flag in others if getattr(args, flag[2:])]
    if given:
        raise UserError(f'--merge has no use for {" and ".join(given)}')
    from rich.console import Console

    from vlprompt.apis.merge_model import merge

    with Console(stderr=True).status('starting') as status:
        done = merge(
            args.model,
            args.checkpoint,
            target=args.merge,
            classes=args.classes,
            clips=args.clips,
            on_step=status.update,
            clip=args.clip,
            template=args.template,
            frames=args.frames,
        )
    print('\n'.join(_merged_lines(done)))
    return done


def _merged_lines(done: Merged) -> list[str]:
    clip = done.clip
    arch = done.arch if isinstance(done.arch, str) else 'its model_cfg'
    folded = [*clip.folded]
    if clip.tuned:
        folded.append(f'{clip.tuned} tensors of CLIP that were learned')
    return [
        f'{done.file}: {_size(done.file)}, a CLIP of {len(clip.tensors)} '
        f'tensors for open_clip ({arch})',
        f'  merged: {", ".join(folded) or "nothing, it is as it was"}',
        f'  {done.parity.line()}',
        f'  not in the file: {", ".join(clip.left_out)}',
        f'{done.facts}: architecture, template, how frames are prepared',
    ]


def _report(done: Exported) -> str:
    shape = 'x'.join(map(str, done.frames))
    result = 'the embedding'
    if done.classes is not None:
        result = f'the logits of {len(done.classes)} classes'
    lines = [f'(batch)x{shape} normalised frames to {result}']
    for kind, path in done.files.items():
        lines += [f'{path}: {_size(path)}', f'  {done.parity[kind].line()}']
        padded = done.parity[kind].padded
        if padded:
            lines.append(f'  {padded} clips had padding, taken for frames')
    lines += [f'{path}: how clips are prepared' for path in done.facts]
    return '\n'.join(lines)


def _size(path: Path) -> str:
    return f'{path.stat().st_size / 1e6:.1f} MB'


def main(args: Sequence[str] | None = None) -> Exported | Merged:
    """Export a model."""
    return run(parse(__name__, args))
