"""`vlprompt web` as a process, and what it refuses."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
from vlprompt.web.server import listen


@contextmanager
def running(tmp_path, *words):
    """The command, once it serves; its files and its address."""
    environment = dict(os.environ, TMPDIR=str(tmp_path))
    process = subprocess.Popen(
        [sys.executable, '-m', 'vlprompt', 'web', '--port', '0', *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        yield process, line
    finally:
        process.kill()
        process.communicate()


@pytest.mark.e2e
def test_it_says_where_the_page_is_and_leaves_nothing(world, report, tmp_path):
    httpx = pytest.importorskip('httpx')
    client = pytest.importorskip('gradio_client')
    pytest.importorskip('gradio')
    words = ['--model', world.config, '--device', 'cpu']
    with running(tmp_path, *words, '--report', str(report)) as (process, line):
        match = re.fullmatch(
            r'page at (http://127\.0\.0\.1:\d+) after \d+\.\d s '
            r'\(Ctrl-C ends it\)\n',
            line,
        )
        assert match, line + process.stderr.read()
        assert 'A report' in httpx.get(f'{match[1]}/reports/0').text
        video = client.handle_file(str(world.clips / 'red_star.mp4'))
        _, numbers, _ = client.Client(match[1], verbose=False).predict(
            video, 'red star\nblue heart', 0, api_name='/classify'
        )
        assert max(numbers['scores'], key=numbers['scores'].get) == 'red star'
        assert list(tmp_path.rglob('red_star.mp4'))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == 'interrupted\n'
    assert not list(tmp_path.glob('vlprompt_web_*'))


@pytest.mark.e2e
def test_other_machines_are_warned_of(world, tmp_path):
    httpx = pytest.importorskip('httpx')
    pytest.importorskip('gradio')
    words = ['--model', world.config, '--device', 'cpu', '--host', '0.0.0.0']
    with running(tmp_path, *words) as (process, line):
        port = re.search(r':(\d+) ', line)[1]
        answer = httpx.get(
            f'http://127.0.0.1:{port}', headers=dict(host='box.example')
        )
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    warning, *others = errors.splitlines()
    assert warning.startswith('warning: --host 0.0.0.0 lets others use')
    assert others == ['terminated']


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (['--report', 'none'], '--report none: no such folder or file'),
        (['--upload-limit', '0'], '--upload-limit 0'),
        (['--port', '-1'], '--port -1'),
        (['--host', '192.0.2.1'], 'cannot listen on 192.0.2.1'),
    ],
)
def test_what_is_wrong_is_said_at_once(words, line):
    pytest.importorskip('gradio')
    with pytest.raises(UserError) as raised:
        start(['web', *words])
    assert line in str(raised.value)


def test_a_port_that_is_taken_is_said_at_once():
    pytest.importorskip('gradio')
    with listen('127.0.0.1', 0) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(UserError, match='--port'):
            start(['web', '--port', port])


def test_without_gradio_a_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, 'gradio', None)
    with pytest.raises(UserError) as raised:
        start(['web'])
    assert "pip install 'vlprompt[web]'" in str(raised.value)
