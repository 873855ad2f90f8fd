"""Tell what videos show, by class names of your own.

Videos are files, folders (all videos below them), lists of paths (.txt or
.csv) and addresses (https://...).  The default model is CLIP ViT-B/16 of
OpenAI, without any training.

With --window, long videos are classified part by part.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from vlprompt.clip_flag import check_clip_flag
from vlprompt.errors import UserError

from .model_flags import add_class_argument, add_model_arguments
from .parsing import parse

EXAMPLE = 'vlprompt classify clip.mp4 --classes "frying eggs" "cutting bread"'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'inputs',
        nargs='*',
        metavar='INPUT',
        help='video, folder, list of paths, https://...',
    )
    add_class_argument(parser)
    add_model_arguments(parser)
    _add_reading_arguments(parser)
    _add_output_arguments(parser)


def _add_reading_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group('videos')
    group.add_argument(
        '--window',
        type=float,
        metavar='SECONDS',
        help='classify long videos window by window',
    )
    group.add_argument(
        '--stride',
        type=float,
        metavar='SECONDS',
        help='from a window to the next; a window by default',
    )
    group.add_argument(
        '--camera',
        metavar='WHICH',
        help='watch a camera (0, 1, ...), a stream (rtsp://...) or a file '
        'as it runs, until Ctrl-C; windows of 2 s every second by default',
    )
    group.add_argument(
        '--batch-size', type=int, default=8, help='videos or windows at once'
    )
    group.add_argument(
        '--workers', type=int, default=2, help='videos read at the same time'
    )
    group.add_argument(
        '--on-error',
        choices=['skip', 'stop'],
        default='skip',
        help='name what cannot be read and go on (the default), or end there',
    )


def _add_output_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group('results')
    group.add_argument(
        '--top-k', type=int, default=3, help='classes of each result'
    )
    group.add_argument(
        '--json',
        metavar='FILE',
        help='write a JSON document; one line a result, as they come, for a '
        'name in .jsonl and for - (standard output)',
    )
    group.add_argument(
        '--csv', metavar='FILE', help='write a table; - for standard output'
    )
    group.add_argument(
        '--timeline',
        metavar='FILE.html',
        help='write a page with the windows of each video',
    )
    group.add_argument(
        '--srt',
        metavar='FILE.srt',
        help='write the windows of a video as subtitles',
    )


def check(args: Namespace) -> None:
    """Refuse flags that do not fit each other.

    Raises:
        UserError: With the first that does not.
    """
    if bool(args.inputs) == bool(args.camera):
        raise UserError(
            'nothing to classify: give videos, a folder, a list or --camera 0'
            if not args.inputs
            else '--camera and videos: give one of them'
        )
    if args.json == '-' and args.csv == '-':
        raise UserError('--json - and --csv -: only one fits standard output')
    check_clip_flag(args.clip)
    for flag, value in (
        ('--top-k', args.top_k),
        ('--batch-size', args.batch_size),
    ):
        if value < 1:
            raise UserError(f'{flag} {value}, expected at least 1')
    windowed = args.window is not None or args.camera is not None
    for flag in ('stride', 'timeline', 'srt'):
        if getattr(args, flag) is not None and not windowed:
            raise UserError(f'--{flag} needs --window SECONDS')
    if args.timeline and args.camera:
        raise UserError('--timeline needs a video, not --camera')
    for flag in ('json', 'csv', 'timeline', 'srt'):
        path = getattr(args, flag)
        if path and not Path(path).parent.is_dir():
            raise UserError(
                f'--{flag} {path}: there is no folder {Path(path).parent}'
            )


def run(args: Namespace) -> int:
    """Classify, and return how many results there are.

    Raises:
        UserError: If flags do not fit, or nothing can be read.
    """
    check(args)
    from vlprompt.clips.windows import Span

    if args.window is not None:
        Span.checked(args.window, args.stride)
    from .classify_runs import classify_camera, classify_videos

    return (classify_camera if args.camera else classify_videos)(args)


def main(args: Sequence[str] | None = None) -> int:
    """Classify."""
    return run(parse(__name__, args))
