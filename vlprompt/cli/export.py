"""Write a model to a file for ONNX or torch.export.

MODEL is what --model takes elsewhere.  The file takes normalised frames of
clips, a batch of any size, and gives the logits of the classes, whose texts
are constants in it; or, with --embedding, the embedding of the video alone.
It is checked against the model on clips, and a JSON file beside it says how
clips are prepared for it.
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


def run(args: Namespace) -> Exported:
    """Export, and say what was written.

    Raises:
        UserError: If flags do not fit each other or the model.
    """
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


def main(args: Sequence[str] | None = None) -> Exported:
    """Export a model."""
    return run(parse(__name__, args))
