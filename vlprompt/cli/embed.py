"""Write the embeddings of videos, an array for each.

NAME.npy has a row of unit length (float32) for each window, frame or whole
video; NAME.times.npy has the start and end of each row, in seconds.  Files
that exist are kept: an interrupted run continues where it was.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

from .embedding_flags import (
    add_reading_arguments,
    check_flags,
    make_embedder,
)
from .model_flags import add_model_arguments
from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.search.embed_files import Written

EXAMPLE = 'vlprompt embed list.txt --out features --per-frame'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'inputs',
        nargs='+',
        metavar='INPUT',
        help='videos, folders, lists of paths (.txt or .csv)',
    )
    parser.add_argument(
        '--out', required=True, metavar='DIR', help='folder to write to'
    )
    parser.add_argument(
        '--window',
        type=float,
        metavar='SECONDS',
        help='a row for each window; one for the whole video by default',
    )
    parser.add_argument(
        '--stride',
        type=float,
        metavar='SECONDS',
        help='from a window, or a frame, to the next; a window, or 1 s, by '
        'default',
    )
    parser.add_argument(
        '--per-frame',
        action='store_true',
        help='a row for each frame, for models that see frames one by one',
    )
    add_model_arguments(parser)
    add_reading_arguments(parser)


def run(args: Namespace) -> Written:
    """Embed.

    Raises:
        UserError: If flags do not fit, or as :func:`embed_to_files`.
    """
    check_flags(args)
    if args.per_frame and args.window is not None:
        raise UserError('--per-frame and --window: give one of them')
    if args.stride is not None and not (args.per_frame or args.window):
        raise UserError('--stride needs --window SECONDS or --per-frame')
    from vlprompt.clips.find_sources import find_sources
    from vlprompt.search.embed_files import embed_to_files
    from vlprompt.search.problems import problems_file
    from vlprompt.search.shards import parse_shard

    from .embedding_runs import followed, name_problems

    shard = parse_shard(args.shard)
    sources = find_sources(args.inputs)  # before the model is loaded
    with followed() as listen:
        done = embed_to_files(
            sources,
            args.out,
            make_embedder(args),
            args.window,
            args.stride,
            rows='frames' if args.per_frame else 'windows',
            batch_size=args.batch_size,
            num_workers=args.workers,
            shard=shard,
            listen=listen,
        )
    file = problems_file(Path(args.out), shard)
    name_problems(done.problems, file)
    line = f'{args.out}: {done.written:,} videos written'
    if done.there:
        line += f', {done.there:,} were there'
    if done.problems:
        line += f', {len(done.problems):,} unreadable ({file})'
    print(line)
    return done


def main(args: Sequence[str] | None = None) -> Written:
    """Embed."""
    return run(parse(__name__, args))
