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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.errors import UserError

from .embedding_flags import (
    add_reading_arguments,
    check_flags,
    make_embedder,
)
from .model_flags import add_model_arguments
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.clips.windows import Span
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
    parser.add_argument(
        '--ray',
        type=int,
        metavar='N',
        help='on a Ray cluster (RAY_ADDRESS, else this machine), with N '
        'workers that have a model, and decoders on all CPUs',
    )
    add_model_arguments(parser)
    add_reading_arguments(parser)


def check(args: Namespace) -> tuple[Span | None, Shard]:
    """The windows and the share that are asked for.

    Raises:
        UserError: If flags do not fit each other.
    """
    check_flags(args)
    from vlprompt.clips.windows import Span
    from vlprompt.search.shards import parse_shard

    span, window = None, args.window
    if window:
        stride = window / 2 if args.stride is None else args.stride
        span = Span.checked(window, stride)
    elif args.stride is not None:
        raise UserError('--stride needs windows: --window is 0')
    shard = parse_shard(args.shard)
    if args.ray is not None and (args.ray < 1 or not shard.is_all):
        raise UserError(
            f'--ray {args.ray}: expected 1 worker or more, and no shards'
        )
    if not shard.is_all and (args.compact or args.parquet):
        raise UserError(
            '--compact and --parquet are for a call after all shards'
        )
    return span, shard


def run(args: Namespace) -> Built:
    """Index.

    Raises:
        UserError: If flags do not fit, or as :func:`build_index`.
    """
    span, shard = check(args)
    from vlprompt.search.build import build_index
    from vlprompt.search.videos import list_videos

    from .embedding_runs import followed

    list_videos(args.folder)  # before the model is loaded
    options = dict(
        zip(('window', 'stride'), span or (None, None), strict=True)
    )
    if args.ray:
        build = partial(_build_with_ray, args)
    else:
        options.update(num_workers=args.workers, shard=shard)
        build = partial(build_index, embedder=make_embedder(args))
    with followed() as listen:
        built = build(
            args.folder,
            args.index,
            batch_size=args.batch_size,
            listen=listen,
            **options,
        )
    _finish(args)
    _report(Path(args.index), built, shard)
    return built


def _build_with_ray(args: Namespace, *given: str, **options: Any) -> Built:
    """Workers compute on GPUs where ``--device`` or this machine says so."""
    from mmengine.device import get_device

    from vlprompt.search.ray_pipeline import build_index_with_ray

    on_gpu = (args.device or get_device()).startswith('cuda')
    args.device = 'cpu'  # of the model here, which only names itself
    return build_index_with_ray(
        *given,
        embedder=make_embedder(args),
        encoders=args.ray,
        gpus=int(on_gpu),
        **options,
    )


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
