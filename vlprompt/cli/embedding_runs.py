"""What `vlprompt index` and `vlprompt embed` share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from vlprompt.errors import UserError

if TYPE_CHECKING:
    from vlprompt.apis import VideoEmbedder
    from vlprompt.clips.in_order import Broken

NAMED = 20  # videos that cannot be read, on the terminal


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


def check_numbers(args: Namespace) -> None:
    """Refuse batches and workers that there cannot be.

    Raises:
        UserError: With the first of them.
    """
    if args.batch_size < 1:
        raise UserError(f'--batch-size {args.batch_size}, expected 1 or more')
    if args.workers < 0:
        raise UserError(f'--workers {args.workers}, expected 0 or more')


def make_embedder(args: Namespace) -> VideoEmbedder:
    """The model of the flags."""
    from vlprompt.apis import VideoEmbedder
    from vlprompt.datasets.pipelines import parse_views

    from .classify import precision_of

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


@contextmanager
def followed() -> Iterator[Callable[[int, int, str], None]]:
    """Show on a terminal how far a run has come.

    Yields:
        What is told of each video.
    """
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn('videos'),
        TimeRemainingColumn(),
        TextColumn('{task.description}', style='dim'),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task('', total=None)
        yield lambda done, total, path: progress.update(
            task, completed=done, total=total, description=path[-40:]
        )


def name_problems(problems: Sequence[Broken], file: object) -> None:
    """Name what could not be read."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for broken in problems[:NAMED]:
        console.print(Text(f'skipped: {broken.line()}', style='yellow'))
    if len(problems) > NAMED:
        console.print(f'... all {len(problems)} in {file}')
