"""`vlprompt classify`: what it prints and writes, and what it refuses."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from html.parser import HTMLParser

import av
import pytest
from toy_scenes import THINGS

from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError


@pytest.fixture
def classify(toy, capsys):
    """Runs the command; returns what it prints, errors apart."""

    def run(*words):
        model = ['--model', toy.config, '--classes', *THINGS]
        start(['classify', *map(str, words), *model, '--device', 'cpu'])
        return capsys.readouterr()

    return run


class Page(HTMLParser):
    """Collects the addresses that a page would load or lead to."""

    def __init__(self, text):
        super().__init__()
        self.addresses = []
        self.images = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.images += tag == 'img'
        for name, value in attrs:
            if name in ('src', 'href', 'srcset', 'data'):
                self.addresses.append(value)


def test_a_line_says_what_results_are_of_and_then_a_line_each(classify, toy):
    out, err = classify(toy.folder / 'clips')
    header, *lines = out.splitlines()
    assert err == ''
    for part in ('toy.py', 'PyAV 1', '8 frames x 1 view', '3 classes'):
        assert part in header
    assert len(lines) == 3
    for line, clip in zip(lines, sorted(toy.clips), strict=True):
        thing = clip.stem.replace('_', ' ')
        assert re.search(rf'\.mp4  (1\.00|0\.\d\d) {thing}  0\.', line)


def test_what_is_broken_is_named_apart(classify, toy, tmp_path):
    (tmp_path / 'bad.mp4').write_text('text')
    out, err = classify(*toy.clips, tmp_path / 'bad.mp4', tmp_path / 'no.mp4')
    assert len(out.splitlines()) == 4
    assert 'bad.mp4 (not a video: text)' in err
    assert 'no video at' in err and '2 skipped' in err
    with pytest.raises(UserError, match='bad.mp4 .not a video: text'):
        classify(tmp_path / 'bad.mp4', toy.clips[0], '--on-error', 'stop')
    for words in (('bad.mp4',), ('bad.mp4', 'no.mp4')):
        with pytest.raises(UserError, match='can be read|cannot be read'):
            classify(*(tmp_path / word for word in words))


def test_results_as_json_and_as_a_table(classify, toy, tmp_path):
    names = {k: str(tmp_path / f'a.{k}') for k in ('json', 'jsonl', 'csv')}
    gone = tmp_path / 'gone.mp4'
    clips = [*toy.clips, gone]
    classify(*clips, '--json', names['json'], '--csv', names['csv'])
    content = json.loads((tmp_path / 'a.json').read_text())
    assert content['frames'] == 8 and content['views'] == 1
    assert content['decoder'].startswith('PyAV')
    assert content['unreadable'][0]['path'] == str(gone)
    assert [r['path'] for r in content['results']] == [*map(str, toy.clips)]
    assert [next(iter(r['scores'])) for r in content['results']] == [*THINGS]
    with open(names['csv'], newline='') as file:
        rows = list(csv.DictReader(file))
    assert [row['class'] for row in rows if row['rank'] == '1'] == [*THINGS]
    assert len(rows) == 9 and rows[0]['end'] == '2.0'
    classify(*clips, '--json', names['jsonl'], '--top-k', 1)
    lines = (tmp_path / 'a.jsonl').read_text().splitlines()
    first, *_, last = map(json.loads, lines)
    assert [*first['scores']] == [THINGS[0]] and len(lines) == 4
    assert last == dict(path=str(gone), unreadable='no such file')


def test_the_standard_output_is_for_what_reads_it(classify, toy):
    out, err = classify(*toy.clips, '--json', '-')
    assert [json.loads(line)['path'] for line in out.splitlines()] == [
        *map(str, toy.clips)
    ]
    assert 'PyAV' in err
    out, _ = classify(*toy.clips, '--csv', '-')
    assert out.splitlines()[0] == 'path,start,end,rank,class,score'


def test_a_timeline_is_a_page_of_one_file(classify, toy, tmp_path):
    window = '--window', 2, '--stride', 1
    page, srt, doc = (tmp_path / f't.{s}' for s in ('html', 'srt', 'json'))
    out, _ = classify(
        toy.three,
        *window,
        *('--timeline', page, '--srt', srt, '--json', doc),
    )
    header, *lines = out.splitlines()
    assert 'windows of 2 s every 1 s' in header
    assert 'frames encoded once' in header and len(lines) == 17
    assert '00:05.0-00:07.0' in lines[5]
    text = page.read_text()
    found = Page(text)
    assert found.images == 17
    for address in found.addresses:
        assert address.startswith(('data:image/jpeg;base64,', '#'))
    assert 'http' not in re.sub(r'xmlns="[^"]+"', '', text)
    blocks = srt.read_text().split('\n\n')
    assert [block.splitlines()[2] for block in blocks] == [*THINGS]
    times = [block.splitlines()[1] for block in blocks]
    assert times[0].startswith('00:00:00,000 --> 00:00:0')
    assert times[2].endswith('--> 00:00:18,000')
    (video,) = json.loads(doc.read_text())['results']
    assert [s['class'] for s in video['segments']] == [*THINGS]
    for segment, border in zip(video['segments'], (6, 12, 18), strict=True):
        assert segment['end'] == pytest.approx(border, abs=1)
    assert len(video['windows']) == 17


def test_a_page_of_several_videos(classify, toy, tmp_path):
    page = tmp_path / 'page.html'
    classify(*toy.clips, '--window', 1, '--timeline', page)
    text = page.read_text()
    assert text.count('<section') == 3
    for clip in toy.clips:
        assert f'<h2>{clip}</h2>' in text


def test_a_camera_is_watched_line_by_line(classify, toy, tmp_path):
    srt = tmp_path / 'a.srt'
    out, _ = classify('--camera', toy.three, '--srt', srt)
    header, *lines = out.splitlines()
    assert 'windows of 2 s every 1 s' in header and len(lines) == 17
    assert srt.read_text().count('-->') == 3


def test_ctrl_c_ends_a_camera_with_what_was_found(toy, tmp_path):
    """The camera is a pipe into which a video is written slowly."""
    pipe = tmp_path / 'camera.mpg'
    os.mkfifo(pipe)
    source = tmp_path / 'source.mpg'
    flags = ['--csv', str(tmp_path / 'found.csv'), '--classes', *THINGS]
    write_mpeg(toy.three, source)
    child = subprocess.Popen(
        [sys.executable, '-m', 'vlprompt', 'classify', '--camera', str(pipe)]
        + ['--model', toy.config, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell starts in the background ignores them.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    with open(pipe, 'wb') as camera:
        camera.write(source.read_bytes())
        camera.flush()
        header = child.stdout.readline()
        first = child.stdout.readline()
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert 'windows of 2 s' in header and 'red star' in first, err
    assert child.returncode == 0 and err.strip() == 'stopped'
    rows = (tmp_path / 'found.csv').read_text().splitlines()
    assert len(rows) > 1


def write_mpeg(source, target):
    """A video four times over, as a stream that a pipe can have."""
    with av.open(str(source)) as given:
        images = [f.to_ndarray(format='rgb24') for f in given.decode(video=0)]
    with av.open(str(target), 'w') as out:
        stream = out.add_stream('mpeg1video', rate=25)
        stream.width, stream.height = 64, 64
        stream.pix_fmt = 'yuv420p'
        for image in images * 4:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        out.mux(stream.encode(None))


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        ((), 'nothing to classify'),
        (('a.mp4', '--camera', '0'), 'give one of them'),
        (('a.mp4', '--window', '0'), 'windows of 0 s'),
        (('a.mp4', '--window', '4', '--stride', '0'), 'a stride of 0 s'),
        (('a.mp4', '--window', '4', '--stride', '9'), 'leaves gaps'),
        (('a.mp4', '--stride', '1'), '--stride needs --window'),
        (('a.mp4', '--timeline', 'a.html'), '--timeline needs --window'),
        (('a.mp4', 'b.mp4', '--window', '1', '--srt', 'a'), 'is of one video'),
        (('a.mp4', '--top-k', '0'), '--top-k 0'),
        (('a.mp4', '--views', '4'), '--views 4'),
        (('a.mp4', '--json', '-', '--csv', '-'), 'only one fits'),
        (('a.mp4', '--json', 'no/folder.json'), 'there is no folder no'),
        (('a.jpg',), 'a.jpg is an image'),
        (('rtsp://a/b',), 'is a stream: --camera rtsp://a/b'),
        (('a.mp4', '--clip', 'gone.pt'), 'no file of CLIP weights at gone.pt'),
        (('a.mp4', '--frames', '0'), '0 frames'),
    ],
)
def test_flags_that_do_not_fit(
    classify, words, expected, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        classify(*words)
    assert expected in str(caught.value) and '\n' not in str(caught.value)
