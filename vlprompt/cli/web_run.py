"""Running what `vlprompt web` was asked for."""

import importlib.util
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError
from vlprompt.missing_packages import missing_package_line
from vlprompt.web.server import address_of, is_loopback, listen, serve

if TYPE_CHECKING:
    from vlprompt.apis import VideoClassifier
    from vlprompt.search import VideoIndex

OPEN = (
    'warning: --host {host} lets others use this page, without a password: '
    'they see the videos of the index and the reports, and use the model'
)


def serve_page(args: Namespace) -> None:
    """Serve the page of the flags.

    Raises:
        UserError: If Gradio is missing, the port is taken, or something that
            is named is not there.
    """
    begin = time.perf_counter()
    _check(args)
    if not is_loopback(args.host):
        print(OPEN.format(host=args.host), file=sys.stderr)
    with (
        listen(args.host, args.port) as listening,
        tempfile.TemporaryDirectory(prefix='vlprompt_web_') as folder,
    ):
        app = _make_app(args, Path(folder))
        print(
            f'page at {address_of(listening, args.host)} after '
            f'{time.perf_counter() - begin:.1f} s (Ctrl-C ends it)',
            flush=True,
        )
        serve(app, listening)


def _check(args: Namespace) -> None:
    """What is wrong, before anything that is slow."""
    if importlib.util.find_spec('gradio') is None:
        missing = ModuleNotFoundError("No module named 'gradio'")
        raise UserError(missing_package_line(missing)) from missing
    if args.upload_limit <= 0:
        raise UserError(f'--upload-limit {args.upload_limit}, expected MB')
    for place in args.report:
        if not Path(place).exists():
            raise UserError(f'--report {place}: no such folder or file')


def _make_app(args: Namespace, folder: Path):  # noqa: ANN202, see build_app
    from vlprompt.web import build_app
    from vlprompt.web.guard import ANY, LOOPBACK
    from vlprompt.web.report_tab import find_report

    pages, uploads = folder / 'reports', folder / 'uploads'
    pages.mkdir()
    uploads.mkdir()
    reports = [find_report(place, pages) for place in args.report]
    classifier, index = make_models(args)
    return build_app(
        classifier,
        uploads,
        index=index,
        reports=reports,
        names=args.report,
        upload_limit=args.upload_limit,
        hosts=LOOPBACK if is_loopback(args.host) else (ANY,),
    )


def make_models(
    args: Namespace,
) -> 'tuple[VideoClassifier, VideoIndex | None]':
    """What classifies and what is searched: one model, unless it is named.

    Raises:
        UserError: If there is no such model or index.
    """
    from vlprompt.apis import VideoClassifier

    if args.index is None:
        return VideoClassifier(
            args.model, args.checkpoint, args.device, clip=args.clip
        ), None
    from vlprompt.search import open_index

    index = open_index(args.index, device=args.device)
    if (args.model, args.checkpoint, args.clip) == (None, None, None):
        settings = dict(index.manifest['settings'])
        if settings['views'] is not None:
            settings['views'] = tuple(settings['views'])
        classifier = VideoClassifier(**settings, device=args.device)
        index = open_index(args.index, classifier)
    else:
        classifier = VideoClassifier(
            args.model, args.checkpoint, args.device, clip=args.clip
        )
    index.embedder  # noqa: B018, it is made and checked now
    return classifier, index
