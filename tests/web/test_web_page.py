"""The page, as a program asks for it."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import serving
from toy_scenes import THINGS

pytest.importorskip('gradio')

import httpx
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

pytestmark = pytest.mark.slow

WORDS = '\n'.join(THINGS)


@pytest.fixture(scope='module')
def client(page):
    """A client of the page."""
    return Client(page, verbose=False)


@pytest.fixture
def classify(client):
    """Classifies a file."""

    def call(file, words=WORDS, window=0):
        video = file and handle_file(str(file))
        return client.predict(video, words, window, api_name='/classify')

    return call


def call_raw(page, *data):
    """What the server says to data that no client would send."""
    route = f'{page}/gradio_api/call/classify'
    event = httpx.post(route, json=dict(data=data)).json()['event_id']
    return httpx.get(f'{route}/{event}', timeout=60).text


def test_a_short_video_has_bars_and_no_timeline(classify, world):
    from vlprompt.apis import VideoClassifier

    bars, numbers, timeline = classify(world.clips / 'blue_heart.mp4')
    classifier = VideoClassifier(world.config, device='cpu', classes=THINGS)
    (same,) = classifier.predict(str(world.clips / 'blue_heart.mp4'))
    assert list(numbers['scores']) == list(same.names)
    assert list(numbers['scores'].values()) == pytest.approx(
        same.scores, abs=1e-6
    )
    assert same.names[0] == 'blue heart'
    assert bars.count('<rect') == 3 and timeline == ''


def test_a_long_video_has_a_timeline(classify, world):
    _, numbers, timeline = classify(world.three)
    best = [max(w['scores'], key=w['scores'].get) for w in numbers['windows']]
    assert best == [THINGS[i] for i in (0, 0, 0, 1, 1, 1, 2, 2, 2)]
    assert 'srcdoc=' in timeline and '0:06 to 0:12' in timeline
    _, numbers, _ = classify(world.three, window=6)
    assert len(numbers['windows']) == 3


def test_class_names_may_be_of_a_data_set(classify, world):
    _, numbers, _ = classify(world.clips / 'blue_heart.mp4', 'hmdb51')
    assert len(numbers['scores']) == 51


@pytest.mark.parametrize(
    ('file', 'words', 'window', 'line'),
    [
        (None, WORDS, 0, 'no video'),
        ('clips/red_star.mp4', '', 0, 'no classes'),
        ('clips/red_star.mp4', 'one', 0, "one class, 'one'"),
        ('clips/red_star.mp4', '/etc/passwd', 0, "one class, '/etc/passwd'"),
        ('clips/red_star.mp4', 'toy.py', 0, "one class, 'toy.py'"),
        ('clips/red_star.mp4', 'wave\nWave', 0, 'Wave'),
        ('clips/red_star.mp4', WORDS, -1, 'expected more than 0'),
        ('clips/red_star.mp4', WORDS, 1e-5, '5000 at most'),
        ('toy.py', WORDS, 0, 'toy.py is not a video'),
        ('list.m3u8', WORDS, 0, 'list.m3u8 is not a video'),
        ('list.mp4', WORDS, 0, 'list.mp4 is not a video'),
    ],
)
def test_errors_are_one_line(
    classify, world, capfd, file, words, window, line
):
    for name in ('list.m3u8', 'list.mp4'):  # which names another video
        (world.folder / name).write_text(
            '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n'
            f'file://{world.three}\n#EXT-X-ENDLIST\n'
        )
    with pytest.raises(AppError) as raised:
        classify(file and world.folder / file, words, window)
    said = str(raised.value)
    assert line in said and len(said.splitlines()) == 1
    assert 'Traceback' not in capfd.readouterr().err


@pytest.mark.parametrize('form', ['{0}', '{1}/{2}', '{2}', 'file://{0}'])
@pytest.mark.parametrize('place', [0, 1, 2])
def test_a_file_that_was_not_uploaded_is_not_read(
    page, tmp_path, uploads, form, place
):
    """Whichever field names it; and no copy of it can be fetched."""
    secret = tmp_path / 'secret.mp4'
    secret.write_text('private')
    folder = uploads.resolve()
    path = form.format(secret, folder, os.path.relpath(secret, folder))
    data = [None, WORDS, 0]
    data[place] = dict(path=path, meta=dict(_type='gradio.FileData'))
    said = call_raw(page, *data)
    assert said.startswith('event: error')
    assert 'an uploaded file expected' in said
    assert not list(uploads.rglob(secret.name))


@pytest.mark.parametrize('place', [0, 1, 2])
def test_addresses_are_not_fetched(page, served_file, place):
    address, asked = served_file
    data = [None, WORDS, 0]
    data[place] = dict(path=address, meta=dict(_type='gradio.FileData'))
    assert 'an uploaded file expected' in call_raw(page, *data)
    assert asked == []


@pytest.mark.parametrize(
    'path',
    [
        'gradio_api/file=/etc/passwd',
        'gradio_api/file=../../../../etc/passwd',
        'gradio_api/file=%2e%2e/%2e%2e/etc/passwd',
        'gradio_api/file=http://127.0.0.1:1/',
        'gradio_api/file/http://127.0.0.1:1/',
        'gradio_api/proxy=http://a.hf.space/',
        'gradio_api/vibe-code/',
        'monitoring/summary',
        'file=/etc/passwd',
        'static/../../../../../../etc/passwd',
        'assets/../../../../../../etc/passwd',
        'reports/1',
        'reports/../../etc/passwd',
        'reports/-1',
        'videos/etc/passwd',  # there is no index
        'docs',
    ],
)
def test_other_files_are_refused(page, path):
    with httpx.Client() as session:
        request = session.build_request('GET', page)
        # httpx would resolve dots
        request.url = request.url.copy_with(raw_path=f'/{path}'.encode())
        answer = session.send(request)
    assert answer.status_code in (403, 404)
    assert 'root:' not in answer.text


def test_another_name_of_this_machine_is_refused(page):
    """A site may give its own name the address of this machine."""
    for name in ('evil.example', 'localhost.evil.example', ''):
        answer = httpx.get(page, headers=dict(host=name))
        assert answer.status_code in (400, 403)
    for name in ('localhost:1234', '127.0.0.1', '[::1]:80', 'LOCALHOST'):
        assert httpx.get(page, headers=dict(host=name)).status_code == 200


def test_a_report_is_shown_apart(page, report):
    answer = httpx.get(f'{page}/reports/0')
    assert answer.text == report.read_text()
    policy = answer.headers['content-security-policy']
    assert 'sandbox' in policy and "default-src 'none'" in policy


def test_the_page_says_that_nothing_from_elsewhere_is_loaded(page):
    answer = httpx.get(page)
    policy = answer.headers['content-security-policy']
    assert "default-src 'self'" in policy
    assert 'http' not in policy.replace('https', 'http')
    assert json.loads(httpx.get(f'{page}/config').text)[
        'analytics_enabled'
    ] in (False, None)


def test_a_large_upload_is_refused(page):
    content = bytes(2 * 10**6)
    answer = httpx.post(
        f'{page}/gradio_api/upload', files=dict(files=('a.mp4', content))
    )
    assert answer.status_code == 413


def test_uploads_are_removed_after_a_while(world, tmp_path, monkeypatch):
    from vlprompt.apis import VideoClassifier
    from vlprompt.web import app

    monkeypatch.setattr(app, 'LOOKED', 1)
    monkeypatch.setattr(app, 'KEPT', 1)
    classifier = VideoClassifier(world.config, device='cpu')
    before = os.environ.get('GRADIO_TEMP_DIR', '')
    monkeypatch.setenv('GRADIO_TEMP_DIR', before)  # put back at the end
    with serving(app.build_app(classifier, tmp_path)) as page:
        content = (world.clips / 'red_star.mp4').read_bytes()
        files = dict(files=('kept.mp4', content))
        answer = httpx.post(f'{page}/gradio_api/upload', files=files)
        assert answer.status_code == 200
        end = time.monotonic() + 30
        while list(tmp_path.rglob('kept.mp4')):
            assert time.monotonic() < end
            time.sleep(0.1)


def test_requests_at_the_same_time_keep_their_classes(client, world):
    """Classes are set on the one model, which serves one after the other."""
    video = str(world.clips / 'red_star.mp4')
    lists = [WORDS, 'red star\nwave', 'clap\nred star\nwave\nrun', 'hmdb51']

    def call(words):
        given = handle_file(video), words, 0
        return client.predict(*given, api_name='/classify')[1]['scores']

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(call, 2 * lists))
    assert [len(scores) for scores in found] == 2 * [3, 2, 4, 51]
    assert set(found[1]) == {'red star', 'wave'}
