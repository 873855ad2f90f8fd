"""Flags that `vlprompt index` and `vlprompt embed` share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vlprompt.clip_flag import check_clip_flag
from vlprompt.errors import UserError

if TYPE_CHECKING:
    from vlprompt.apis import VideoEmbedder


def add_reading_arguments(parser: ArgumentParser) -> None:
    """Add the flags that say how videos are read."""
    group = parser.add_argument_group('speed')
    group.add_argument(
        '--batch-size', type=int, default=8, help='windows at once'
    )
    group.add_argument(
        '--workers', type=int, default=2, help='videos read at the same time'
    )
    group.add_argument(
        '--shard',
        metavar='I/N',
        help='take videos I, I+N, ... of the sorted list, I from 0 on; by '
        'default what Slurm, torchrun or MPI say of this process',
    )


def check_flags(args: Namespace) -> None:
    """Refuse batches, workers and files of weights that there cannot be.

    Raises:
        UserError: With the first of them.
    """
    if args.batch_size < 1:
        raise UserError(f'--batch-size {args.batch_size}, expected 1 or more')
    if args.workers < 0:
        raise UserError(f'--workers {args.workers}, expected 0 or more')
    check_clip_flag(args.clip)


def make_embedder(args: Namespace) -> VideoEmbedder:
    """The model of the flags."""
    from vlprompt.apis import VideoEmbedder
    from vlprompt.datasets.pipelines import parse_views

    from .classify_model import precision_of

    return VideoEmbedder(
        args.model,
        args.checkpoint,
        args.device,
        clip=args.clip,
        template=args.template,
        frames=args.frames,
        views=args.views and parse_views(args.views),
        frozen_dtype=precision_of(args),
    )
