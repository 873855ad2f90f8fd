"""Open a page to classify, search and browse reports.

Videos are dropped into it and classified by class names that are typed.  An
index is searched, and plays from the found second.

The page is for this machine alone unless --host says otherwise.  It loads
nothing from elsewhere.  It needs Gradio: pip install 'vlprompt[web]'
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from vlprompt.clip_flag import check_clip_flag

from .parsing import parse

EXAMPLE = 'vlprompt web --index index --report work_dirs/vilt_b16_k400'
UPLOAD = 500  # MB


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        '--index',
        metavar='DIR',
        help='search this index, which `vlprompt index` has made',
    )
    parser.add_argument(
        '--report',
        nargs='+',
        default=[],
        metavar='RUN',
        help='show these runs: their folders, or pages of `vlprompt report`',
    )
    group = parser.add_argument_group('model that classifies')
    group.add_argument(
        '--model',
        help='a name that `vlprompt models` lists, a config, the folder of a '
        'run or of a pushed model, hf://user/name; that of the index by '
        'default, or CLIP ViT-B/16',
    )
    group.add_argument(
        '--checkpoint',
        help='what the model has learned; `none` for a model as it is made',
    )
    group.add_argument(
        '--clip',
        metavar='FILE',
        help="CLIP's weights, in place of those the config downloads",
    )
    group.add_argument('--device', help='such as cuda:1 or cpu')
    group = parser.add_argument_group('server')
    group.add_argument(
        '--host',
        default='127.0.0.1',
        help='address to listen on; 127.0.0.1, this machine alone, by default',
    )
    group.add_argument(
        '--port', type=int, default=7860, help='7860 by default; 0: any'
    )
    group.add_argument(
        '--upload-limit',
        type=int,
        default=UPLOAD,
        metavar='MB',
        help=f'of a video; {UPLOAD} by default',
    )


def run(args: Namespace) -> None:
    """Serve the page until the process is told to end.

    Raises:
        UserError: If there is no such model, or no such file.
    """
    check_clip_flag(args.clip)
    from .web_run import serve_page

    serve_page(args)


def main(args: Sequence[str] | None = None) -> None:
    """Serve the page."""
    run(parse(__name__, args))
