"""Share a model, as a folder or on the Hub.

MODEL is the folder of a run, a config or whatever --model takes elsewhere;
CHECKPOINT is needed for a config of a model that learns.  What is written
has no code and no pickles: learned weights and the frozen CLIP that they
belong to as safetensors (or the tag of open_clip's that it is), the config
as JSON, facts, and a model card with the numbers of metrics.json.  Lists of
videos and paths stay here.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.hub.writer import Written

EXAMPLE = 'vlprompt models push work_dirs/vilt_b16_k400 me/vilt-k400'
METRICS = 'metrics.json'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'model',
        nargs='+',
        metavar='MODEL',
        help='MODEL, or MODEL CHECKPOINT; then user/name unless there is --to',
    )
    parser.add_argument(
        '--to',
        type=Path,
        metavar='FOLDER',
        help='write a folder, push nothing',
    )
    parser.add_argument(
        '--private', action='store_true', help='for you alone, on the Hub'
    )
    parser.add_argument(
        '--dry-run',
        action='store_true',
        help='show the files and the card, write and push nothing',
    )
    parser.add_argument(
        '--license', metavar='ID', help='for the card, as the Hub has it: mit'
    )
    parser.add_argument(
        '--metrics',
        type=Path,
        metavar='FILE',
        help='metrics.json of a test of this checkpoint; by default the one '
        'beside it, if it is the newer of the two',
    )


def run(args: Namespace) -> str:
    """Write or push, and return where it is."""
    from vlprompt.hub.address import target_of

    source, name = list(args.model), ''
    if args.to is None:
        name = target_of(source.pop())
    if not 1 <= len(source) <= 2:
        raise UserError(
            f'{" ".join(args.model)}: expected MODEL or MODEL CHECKPOINT, '
            'then user/name or --to FOLDER'
        )
    if name and not args.dry_run:
        from vlprompt.hub.upload import check_online

        check_online(name)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, 'model')
        if args.to is not None and not args.dry_run:
            folder = args.to
        written = _write(args, source, folder, name)
        return _hand_on(args, written, name)


def _write(
    args: Namespace, source: list[str], folder: Path, name: str
) -> Written:
    from vlprompt.apis.find_model import find_model
    from vlprompt.hub import write_folder

    found = find_model(source[0])
    checkpoint = source[1] if len(source) == 2 else found.checkpoint
    metrics = args.metrics or _metrics_beside(checkpoint)
    return write_folder(
        found.config,
        checkpoint,
        folder,
        name=name or args.to.name,
        license_id=args.license,
        metrics=metrics,
    )


def _metrics_beside(checkpoint: str | None) -> Path | None:
    """Of the same folder, and not of an earlier checkpoint."""
    if checkpoint is None or not Path(checkpoint).is_file():
        return None
    metrics = Path(checkpoint).with_name(METRICS)
    newer = metrics.is_file() and (
        metrics.stat().st_mtime >= Path(checkpoint).stat().st_mtime
    )
    return metrics if newer else None


def _hand_on(args: Namespace, written: Written, name: str) -> str:
    from vlprompt.hub import push

    files = ', '.join(f'{n} {_size(s)}' for n, s in written.files.items())
    if args.dry_run:
        print(f'{written.card}\nWould write {files}')
        return ''
    if args.to is not None:
        print(f'Wrote {args.to}: {files}')
        return str(args.to)
    visibility = 'private' if args.private else 'public'
    address = push(written.folder, name, visibility)
    print(f'Pushed {address}: {files}')
    return address


def _size(number: int) -> str:
    for unit in ('B', 'kB', 'MB'):
        if number < 1000:
            return f'{number:.3g} {unit}'
        number /= 1000
    return f'{number:.3g} GB'


def main(args: Sequence[str] | None = None) -> str:
    """Write or push a model."""
    return run(parse(__name__, args))
