"""The page of the toy world, served in this process."""

import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

sys.path.append(str(Path(__file__).parents[1] / 'clips'))

from serving import serving
from toy_scenes import write_toy

REPORT = '<!DOCTYPE html><title>r</title><h1 id="made">A report of tests</h1>'


class World(NamedTuple):
    """Files.

    Attributes:
        folder: Where they are.
        config: Of the toy CLIP.
        three: A video of three scenes of 6 s each.
        clips: A folder with a video of 2 s for each thing.
    """

    folder: Path
    config: str
    three: Path
    clips: Path


@pytest.fixture(scope='session')
def world(make_once) -> World:
    """The toy CLIP and its videos."""
    folder = make_once('web_world', write_toy)
    return World(
        folder, str(folder / 'toy.py'), folder / 'three.mp4', folder / 'clips'
    )


@pytest.fixture(scope='session')
def report(make_once) -> Path:
    """A page."""
    folder = make_once(
        'web_report', lambda folder: (folder / 'r.html').write_text(REPORT)
    )
    return folder / 'r.html'


@pytest.fixture
def served_file() -> Iterator[tuple[str, list[str]]]:
    """An address, and what it has been asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

    server = HTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}/a.mp4', asked
    server.shutdown()


@pytest.fixture(scope='module')
def uploads(tmp_path_factory) -> Path:
    """Where uploads lie."""
    return tmp_path_factory.mktemp('uploads')


@pytest.fixture(scope='module')
def page(world, report, uploads) -> Iterator[str]:
    """The address of the page with a report; uploads have 1 MB at most."""
    pytest.importorskip('gradio')
    from vlprompt.apis import VideoClassifier
    from vlprompt.web import build_app

    classifier = VideoClassifier(world.config, device='cpu')
    app = build_app(classifier, uploads, reports=[report], upload_limit=1)
    with serving(app) as address:
        yield address


@pytest.fixture(scope='module')
def indexed(world, tmp_path_factory):
    """An index of a copy of the videos."""
    pytest.importorskip('vlprompt.search')
    from vlprompt.apis import VideoClassifier
    from vlprompt.search import build_index, open_index

    root = tmp_path_factory.mktemp('videos')
    shutil.copy(world.three, root)
    shutil.copytree(world.clips, root / 'clips')
    (root / 'toy.py').write_text('private')
    path = tmp_path_factory.mktemp('index')
    classifier = VideoClassifier(world.config, device='cpu')
    build_index(root, path, classifier, window=2, stride=1)
    return open_index(path, classifier)


@pytest.fixture(scope='module')
def search_page(indexed, uploads) -> Iterator[str]:
    """The address of the page with an index."""
    pytest.importorskip('gradio')
    from vlprompt.web import build_app

    with serving(build_app(indexed.embedder, uploads, index=indexed)) as page:
        yield page
