"""The page, as an app that a server runs."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from vlprompt.apis import VideoClassifier
from vlprompt.errors import UserError

from .classify_tab import ClassifyTab
from .files import ReportFiles, VideoFiles
from .guard import LOOPBACK, Guard
from .report_tab import ReportTab
from .uploads import take_uploads_only

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from vlprompt.search import VideoIndex

TITLE = 'vlprompt'
KEPT = 3600  # seconds that an upload is kept after it came
LOOKED = 600  # seconds between two looks for older ones
WAITING = 16  # requests; more are told to come back
UPLOAD = 500  # MB
CSS = Path(__file__).with_name('style.css')
FONTS = ['system-ui', 'sans-serif']  # of the system: none is fetched
MONO = ['ui-monospace', 'monospace']


def build_app(
    classifier: VideoClassifier,
    uploads: str | Path,
    *,
    index: VideoIndex | None = None,
    reports: Sequence[Path] = (),
    names: Sequence[str] | None = None,
    upload_limit: int = UPLOAD,
    hosts: Collection[str] = LOOPBACK,
) -> FastAPI:
    """Build the page: an ASGI app, for uvicorn or any other such server.

    Models compute for one request at a time; others wait.  The page loads
    nothing from elsewhere and sends nothing there.

    Args:
        classifier: The model of the first tab.
        uploads: A folder for uploads, which are removed after an hour and
            when the app ends.  It holds for all of Gradio in this process
            (``GRADIO_TEMP_DIR``).
        index: What the search tab searches; there is none if not given.
        reports: HTML files that the report tab shows, likewise.
        names: What the reports are called; their paths if not given.
        upload_limit: MB that a video may have.
        hosts: Names under which the app may be asked; ``('*',)`` for any.

    Raises:
        UserError: If the limit is not positive.
    """
    if upload_limit <= 0:
        raise UserError(f'uploads of {upload_limit} MB, expected more than 0')
    uploads = Path(uploads).resolve()
    os.environ['GRADIO_TEMP_DIR'] = str(uploads)
    # Gradio asks for news on its own, from its import on.
    os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'
    import gradio as gr
    from fastapi import FastAPI

    lock = Lock()
    names = [str(page) for page in reports] if names is None else names
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    files = ReportFiles(reports)
    app.router.routes += files.routes()
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        delete_cache=(LOOKED, KEPT),
    ) as page:
        with _tab('Classify'):
            ClassifyTab(classifier, lock).build()
        if index is not None:
            app.router.routes += _add_search(index, lock)
        if reports:
            with _tab('Reports'):
                ReportTab(names).build()
    take_uploads_only(page, uploads)
    page.queue(max_size=WAITING, default_concurrency_limit=1, api_open=False)
    return _mounted(app, page, upload_limit, hosts)


def _add_search(index: VideoIndex, lock: Lock) -> list:
    from .search_tab import SearchTab

    files = VideoFiles(index.root, index.paths)
    with _tab('Search'):
        SearchTab(index, files, lock).build()
    return files.routes()


@contextmanager
def _tab(name: str) -> Iterator[None]:
    import gradio as gr

    with gr.Tab(name):
        yield


def _mounted(
    app: FastAPI, page: gr.Blocks, upload_limit: int, hosts: Collection[str]
) -> FastAPI:
    import gradio as gr

    app.add_middleware(Guard, hosts=hosts)
    return gr.mount_gradio_app(
        app,
        page,
        path='/',
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=f'{upload_limit}mb',
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Default(font=FONTS, font_mono=MONO),
        css=CSS.read_text(encoding='utf-8'),
    )
