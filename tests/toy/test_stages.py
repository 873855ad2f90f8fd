"""What the quickstart shows, and what it keeps."""

import io
import re
import time

import pytest
from rich.console import Console

from vlprompt.toy import progress
from vlprompt.toy.progress import Display
from vlprompt.toy.stages import Stages


@pytest.fixture
def display():
    return Display(Console(file=io.StringIO(), width=100))


def printed(display):
    return display.console.file.getvalue().splitlines()


def test_without_a_terminal_there_are_lines(display, monkeypatch):
    monkeypatch.setattr(progress, 'SECONDS', 0.02)
    with display.live(), display.stage('train', 'steps') as stage:
        time.sleep(0.1)
        stage.expect(4)
        for _ in range(3):
            stage.advance()
            time.sleep(0.1)
    first, *lines, last = printed(display)
    assert first == 'train ...'
    assert lines[0] == 'train: 0:00 gone'
    shown = r'train: \d of 4 steps, 0:0\d gone, 0:0\d left'
    assert re.fullmatch(shown, lines[-1]), lines[-1]
    assert '3 of 4' in lines[-1]
    assert re.fullmatch(r'train: 0\.\d s', last)


def test_a_line_comes_at_least_every_ten_seconds():
    assert progress.SECONDS < 10


def test_an_error_ends_the_lines(display):
    with pytest.raises(ValueError), display.stage('train', 'steps'):
        raise ValueError
    before = printed(display)
    time.sleep(0.05)
    assert printed(display) == before


def test_a_terminal_has_a_bar_for_each_stage():
    screen = io.StringIO()
    console = Console(file=screen, width=100, force_terminal=True)
    display = Display(console)
    with display.live():
        for name in ('train', 'test'):
            with display.stage(name, 'steps') as stage:
                stage.expect(2)
                stage.advance(2)
    last = re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]', '', screen.getvalue())
    last = [line for line in re.split(r'[\r\n]+', last) if line.strip()][-2:]
    for name, line in zip(('train', 'test'), last, strict=True):
        assert re.match(rf'{name} +━+ 2/2 steps, .* gone, .* left', line)


def test_what_was_done_is_kept(display, tmp_path):
    file, made, calls = tmp_path / 'stages.json', tmp_path / 'made', []

    def work(stage):
        calls.append(stage)
        made.touch()
        return dict(acc=0.5)

    def run(key):
        stages = Stages(file, display)
        result = stages.run('test', 'steps', work, key, [made])
        assert result == dict(acc=0.5)
        assert stages.seconds['test'] >= 0

    run('a')
    run('a')
    assert len(calls) == 1
    assert printed(display)[-1] == 'test: as before'
    run('b')
    assert len(calls) == 2
    made.unlink()
    run('b')
    assert len(calls) == 3


def test_what_failed_is_not_kept(display, tmp_path):
    stages = Stages(tmp_path / 'stages.json', display)
    with pytest.raises(ZeroDivisionError):
        stages.run('test', 'steps', lambda stage: 1 / 0, 'key')
    assert stages.run('test', 'steps', lambda stage: 1, 'key') == 1
