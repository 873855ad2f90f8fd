"""Videos of the web, from a server on this machine."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vlprompt.clips import downloads
from vlprompt.errors import UserError


class Server(SimpleHTTPRequestHandler):
    """Files of a folder; some answers of its own."""

    def do_GET(self):  # noqa: N802
        """Answer."""
        if self.path == '/page':
            self.answer('text/html; charset=utf-8', b'<html></html>')
        elif self.path == '/list':
            self.answer('application/vnd.apple.mpegurl', b'#EXTM3U')
        elif self.path == '/short':
            self.answer('video/mp4', b'abc', length=1000)
        else:
            super().do_GET()

    def answer(self, kind, content, length=None):
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def address(toy):
    """Of a server of the toy folder."""
    handler = functools.partial(Server, directory=str(toy.folder))
    server = ThreadingHTTPServer(('127.0.0.1', 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_video_of_the_web_is_read_like_a_file(
    classifier, toy, address, tmp_path, monkeypatch
):
    monkeypatch.setattr(downloads.tempfile, 'tempdir', str(tmp_path))
    name = toy.clips[1].relative_to(toy.folder)
    (found,) = classifier.predict(f'{address}/{name}')
    (expected,) = classifier.predict(toy.clips[1])
    assert found.path == f'{address}/{name}'
    assert found[1:] == expected[1:]
    windows = classifier.predict(f'{address}/three.mp4', window=2)
    assert len(list(windows)) == 9
    assert list(tmp_path.iterdir()) == []


def test_a_list_may_have_addresses(classifier, address, tmp_path):
    (tmp_path / 'list.txt').write_text(f'{address}/three.mp4\n')
    (found,) = classifier.predict(tmp_path / 'list.txt')
    assert found.path == f'{address}/three.mp4'


@pytest.mark.parametrize(
    ('path', 'expected'),
    [
        ('/page', 'a web page, not a video'),
        ('/list', 'a playlist, not a video'),
        ('/gone.mp4', 'the server answers 404'),
        ('/short', 'broke off after 3 of 1000 bytes'),
        ('/toy.py', 'not a video: text'),
    ],
)
def test_lines_for_what_is_no_video(classifier, address, path, expected):
    with pytest.raises(UserError, match=expected) as caught:
        list(classifier.predict(f'{address}{path}'))
    line = str(caught.value)
    assert f'{address}{path}' in line and '\n' not in line


def test_lines_for_servers_that_are_not_there(classifier):
    with pytest.raises(UserError, match='cannot be reached'):
        list(classifier.predict('http://127.0.0.1:9/a.mp4'))


def test_nothing_is_left_where_reading_fails(
    classifier, tmp_path, monkeypatch
):
    monkeypatch.setattr(downloads.tempfile, 'tempdir', str(tmp_path))
    with pytest.raises(UserError, match='cannot read 4 bytes'):
        list(classifier.predict(b'abcd'))
    assert list(Path(tmp_path).iterdir()) == []


def test_an_address_that_cannot_be_asked_for_is_named(classifier, address):
    with pytest.raises(UserError, match='cannot be downloaded: URL can'):
        list(classifier.predict(f'{address}/a b.mp4'))


def test_a_limit_on_reading_is_not_one_of_the_server(address):
    with (
        pytest.raises(TimeoutError, match='not read within'),
        downloads.downloaded(f'{address}/three.mp4'),
    ):
        raise TimeoutError('not read within 60 s')
