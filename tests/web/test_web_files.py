"""Which files are served, and in which form."""

import os

import av
import numpy as np
import pytest
from toy_scenes import WORLD, frames_of

from vlprompt.errors import UserError
from vlprompt.toy.files import write_video
from vlprompt.web.class_names import typed_classes
from vlprompt.web.excerpts import excerpt, is_playable
from vlprompt.web.files import ReportFiles, VideoFiles
from vlprompt.web.guard import host_name
from vlprompt.web.report_tab import find_report
from vlprompt.web.server import address_of, is_loopback, listen


def write_h264(path):
    """A video that browsers play."""
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=8)
        stream.width = stream.height = 64
        stream.pix_fmt = 'yuv420p'
        for frame in frames_of('red star circling'):
            frame = av.VideoFrame.from_ndarray(frame[:64, :64].copy())
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


@pytest.fixture(scope='module')
def videos(make_once):
    """A folder with a video that browsers play, and one they do not."""

    def make(folder):
        (folder / 'root/sub folder').mkdir(parents=True)
        frames = frames_of('red star circling', 4)
        write_video(folder / 'root/sub folder/a#1.mp4', frames, WORLD.fps)
        write_video(folder / 'secret.mp4', frames, WORLD.fps)
        write_h264(folder / 'root/plays.mp4')
        (folder / 'root/notes.txt').write_text('private')
        (folder / 'root/out.mp4').symlink_to(folder / 'secret.mp4')
        (folder / 'root/in.mp4').symlink_to(folder / 'root/plays.mp4')

    return make_once('web_videos', make) / 'root'


INDEXED = ('sub folder/a#1.mp4', 'plays.mp4', 'out.mp4', 'in.mp4', 'gone.mp4')


@pytest.fixture
def files(videos):
    """The videos of an index."""
    return VideoFiles(videos, INDEXED)


@pytest.fixture
def ask(files):
    """Asks a server of these files alone."""
    pytest.importorskip('starlette')
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    return TestClient(Starlette(routes=files.routes())).get


def test_only_an_excerpt_is_made_of_what_browsers_do_not_play(files, videos):
    assert is_playable(videos / 'plays.mp4')
    assert not is_playable(videos / 'sub folder/a#1.mp4')
    assert not is_playable(videos / 'notes.txt')
    assert files.address('plays.mp4', 1.5, 2) == '/videos/plays.mp4#t=1.500'
    assert files.address('sub folder/a#1.mp4', 1, 2.5) == (
        '/excerpts/sub%20folder/a%231.mp4?start=1.000&end=2.500'
    )


def test_an_excerpt_shows_the_seconds_that_were_found(videos, tmp_path):
    path = videos / 'sub folder/a#1.mp4'
    (tmp_path / 'part.mp4').write_bytes(excerpt(path, 1.0, 2.5))
    assert is_playable(tmp_path / 'part.mp4')
    with av.open(str(tmp_path / 'part.mp4')) as file:
        part = [
            (frame.time, frame.to_ndarray(format='rgb24'))
            for frame in file.decode(video=0)
        ]
    with av.open(str(path)) as file:
        whole = [
            (frame.time, frame.to_ndarray(format='rgb24'))
            for frame in file.decode(video=0)
        ]
    expected = [(t - 1.0, f) for t, f in whole if 1.0 <= t < 2.5]
    assert [t for t, _ in part] == pytest.approx(
        [t for t, _ in expected], abs=2e-3
    )
    for (_, frame), (_, same) in zip(part, expected, strict=True):
        far = np.abs(frame.astype(int) - same)
        assert far.mean() < 8  # it is encoded a second time


def test_a_video_is_served_in_parts(ask, videos):
    whole = ask('/videos/plays.mp4')
    assert whole.content == (videos / 'plays.mp4').read_bytes()
    part = ask('/videos/plays.mp4', headers=dict(range='bytes=10-19'))
    assert part.status_code == 206 and part.content == whole.content[10:20]
    address = '/excerpts/sub%20folder/a%231.mp4?start=1&end=2'
    assert ask(address).headers['content-type'] == 'video/mp4'


@pytest.mark.parametrize('route', ['/videos/{}', '/excerpts/{}?start=0&end=1'])
@pytest.mark.parametrize(
    ('name', 'status'),
    [
        ('in.mp4', 200),  # a link that stays inside
        ('out.mp4', 403),
        ('gone.mp4', 404),
        ('notes.txt', 404),
        ('../secret.mp4', 404),
        ('%2e%2e/secret.mp4', 404),
        ('sub%20folder/../plays.mp4', 404),
        ('/etc/passwd', 404),
        ('%2fetc%2fpasswd', 404),
        ('', 404),
    ],
)
def test_only_videos_of_the_index_are_served(ask, route, name, status):
    answer = ask(route.format(name).replace('../', '%2e%2e%2f'))
    assert answer.status_code == status


@pytest.mark.parametrize(
    ('query', 'status'),
    [
        ('', 400),
        ('start=0', 400),
        ('start=a&end=b', 400),
        ('start=nan&end=nan', 400),
        ('start=-1&end=1', 400),
        ('start=0&end=1e9', 400),
        ('start=0.000&end=60.001', 200),  # as it is rounded
        ('start=2&end=1', 400),
        ('start=100&end=101', 404),
    ],
)
def test_an_excerpt_has_limits(ask, query, status):
    assert ask(f'/excerpts/plays.mp4?{query}').status_code == status


def test_a_report_that_is_gone_is_not_found(tmp_path):
    pytest.importorskip('starlette')
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    page = tmp_path / 'r.html'
    page.write_text('<p>r</p>')
    ask = TestClient(Starlette(routes=ReportFiles([page]).routes())).get
    assert ask('/reports/0').text == '<p>r</p>'
    page.unlink()
    assert ask('/reports/0').status_code == 404


def test_the_page_of_a_run_is_taken_unless_results_are_newer(
    tmp_path, monkeypatch
):
    run = tmp_path / 'run'
    run.mkdir()
    (run / 'metrics.json').write_text('{}')
    page = run / 'report.html'
    page.write_text('old')
    assert find_report(run, tmp_path) == page.resolve()
    assert find_report(page, tmp_path) == page.resolve()
    assert page.read_text() == 'old'
    later = page.stat().st_mtime + 1
    os.utime(run / 'metrics.json', (later, later))
    made = []

    def report(runs, out):
        made.append(runs)
        return out

    monkeypatch.setattr('vlprompt.web.report_tab.report', report)
    assert find_report(run, tmp_path).parent == tmp_path.resolve()
    assert made == [[run]] and page.read_text() == 'old'
    monkeypatch.undo()
    with pytest.raises(UserError, match='is no report'):
        find_report(run / 'metrics.json', tmp_path)
    with pytest.raises(UserError, match='no folder at'):
        find_report(tmp_path / 'none', tmp_path)


@pytest.mark.parametrize(
    ('text', 'names'),
    [
        ('', None),
        (' \n ', None),
        ('a\n\n b c \na', ('a', 'b c')),
    ],
)
def test_classes_are_typed_one_a_line(text, names):
    assert typed_classes(text) == names


def test_one_line_is_a_data_set_and_never_a_file(tmp_path, monkeypatch):
    assert len(typed_classes('k400')) == 400
    assert len(typed_classes('ucf101\n')) == 101
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'names.txt').write_text('a\nb\n')
    for name in ('names.txt', str(tmp_path / 'names.txt'), 'wave'):
        with pytest.raises(UserError, match='one class, .* several'):
            typed_classes(name)


def test_hosts_and_ports():
    assert [is_loopback(h) for h in ('127.0.0.1', '::1', 'localhost')] == (
        3 * [True]
    )
    assert not is_loopback('0.0.0.0') and not is_loopback('example.org')
    names = ('A.b:80', '[::1]:80', '127.0.0.1', '')
    assert [*map(host_name, names)] == ['a.b', '::1', '127.0.0.1', '']
    with listen('127.0.0.1', 0) as taken:
        port = taken.getsockname()[1]
        assert address_of(taken, '127.0.0.1') == f'http://127.0.0.1:{port}'
        with pytest.raises(UserError, match=f'port {port} .*in use'):
            listen('127.0.0.1', port)
    with pytest.raises(UserError, match='--port'):
        listen('127.0.0.1', 70000)
    with pytest.raises(UserError, match=r'cannot listen on 192\.0\.2\.1'):
        listen('192.0.2.1', 0)
