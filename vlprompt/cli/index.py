"""Embed the videos of a folder, to search them.

All videos below it are embedded, window by window, and `vlprompt search` asks
the index.  A second call embeds what is new or has changed, and forgets what
is gone; a run that was ended goes on.

Several processes with --shard, or started by srun or torchrun, share the
work; nothing has to be merged.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

from .classify import add_model_arguments
from .embedding_flags import (
    add_reading_arguments,
    check_numbers,
    make_embedder,
)
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.search.build import Built
    from vlprompt.search.shards import Shard

EXAMPLE = 'vlprompt index ~/videos --window 4 --stride 2'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('folder', metavar='FOLDER', help='of the videos')
    parser.add_argument(
        '--index',
        default='index',
        metavar='DIR',
        help='folder of the index, ./index by default',
    )
    parser.add_argument(
        '--window',
        type=float,
        default=4.0,
        metavar='SECONDS',
        help='length of a window, 4 by default; 0 for whole videos',
    )
    parser.add_argument(
        '--stride',
        type=float,
        metavar='SECONDS',
        help='from a window to the next; half a window by default',
    )
    parser.add_argument(
        '--compact',
        action='store_true',
        help='at the end, put the small parts of many runs together',
    )
    parser.add_argument(
        '--parquet',
        action='store_true',
        help='at the end, write the metadata as clip-retrieval reads them',
    )
    add_model_arguments(parser)
    add_reading_arguments(parser)


def run(args: Namespace) -> Built:
    """Index.

    Raises:
        UserError: If flags do not fit, or as :func:`build_index`.
    """
    check_numbers(args)
    from vlprompt.clips.windows import Span
    from vlprompt.search.build import build_index
    from vlprompt.search.shards import parse_shard
    from vlprompt.search.videos import list_videos

    from .embedding_runs import followed

    window, stride = args.window or None, args.stride
    if window is not None:
        stride = window / 2 if stride is None else stride
        window, stride = Span.checked(window, stride)
    elif stride is not None:
        raise UserError('--stride needs windows: --window is 0')
    shard = parse_shard(args.shard)
    if not shard.is_all and (args.compact or args.parquet):
        raise UserError(
            '--compact and --parquet are for a call after all shards'
        )
    list_videos(args.folder)  # before the model is loaded
    with followed() as listen:
        built = build_index(
            args.folder,
            args.index,
            make_embedder(args),
            window,
            stride,
            batch_size=args.batch_size,
            num_workers=args.workers,
            shard=shard,
            listen=listen,
        )
    _finish(args)
    _report(Path(args.index), built, shard)
    return built


def _finish(args: Namespace) -> None:
    if args.compact:
        from vlprompt.search.rewrite import compact

        compact(args.index)
    if args.parquet:
        from vlprompt.search.parquet import write_parquet

        write_parquet(args.index)


def _report(index: Path, built: Built, shard: Shard) -> None:
    from rich.filesize import decimal

    from vlprompt.search.problems import problems_file

    from .embedding_runs import name_problems

    file = problems_file(index, shard)
    name_problems(built.problems, file)
    size = sum(f.stat().st_size for f in index.rglob('*') if f.is_file())
    parts = [
        f'{built.videos:,} videos',
        f'{built.windows:,} windows',
        f'{built.embedded:,} new',
        f'{built.forgotten:,} forgotten',
    ]
    if built.problems:
        parts.append(f'{len(built.problems):,} unreadable ({file})')
    if not shard.is_all:
        parts.append(f'shard {shard.number}/{shard.total}')
    print(f'{index}: {", ".join(parts)}, {decimal(size)}')


def main(args: Sequence[str] | None = None) -> Built:
    """Index."""
    return run(parse(__name__, args))
