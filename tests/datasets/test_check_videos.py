"""The command that looks into every video of a list."""

import csv
import importlib
import json
import os
import shutil
import time

import pytest
from videos import write_video

from vlprompt.datasets.readers import probe as video_probe
from vlprompt.datasets.readers.probe import VideoFacts, probe_files
from vlprompt.errors import UserError


@pytest.fixture(scope='module')
def tool():
    return importlib.import_module('vlprompt.cli.data_check')


@pytest.fixture
def world(tmp_path):
    """A list with good videos, one of them elsewhere, and bad ones."""
    write_video(tmp_path / 'videos/good.mp4', num_frames=5)
    write_video(tmp_path / 'videos/class/moved.mp4', num_frames=7)
    (tmp_path / 'videos/empty.mp4').touch()
    (tmp_path / 'videos/text.mp4').write_text('no video' * 99)
    lines = ['good.mp4 0', 'moved.mp4,1', 'empty.mp4 0', 'gone.mp4 2', '']
    lines += ['text.mp4 1', 'good.mp4 0']
    (tmp_path / 'list.txt').write_text('\r\n'.join(lines))
    return tmp_path


def run(tool, world, *flags):
    """The exit code, and the report by path."""
    args = [str(world / 'list.txt'), '--root', str(world / 'videos')]
    args += ['--out', str(world / 'out'), '--jobs', '1', *flags]
    code = 0
    try:
        tool.main(args)
    except SystemExit as end:
        code = end.code
    return code, report(world)


def report(world):
    with open(world / 'out/report.csv', newline='') as file:
        return {row['path']: row for row in csv.DictReader(file)}


def test_what_is_found(tool, world, capsys):
    code, rows = run(tool, world)
    assert code == 1
    assert list(rows)[:3] == ['good.mp4', 'moved.mp4', 'empty.mp4']
    assert rows['good.mp4'] == dict(
        path='good.mp4',
        frames='5',
        width='64',
        height='48',
        fps='10.0',
        problem='',
        access='by index',
        decord='',
    )
    assert rows['moved.mp4']['frames'] == '7'
    assert rows['empty.mp4']['problem'] == 'empty file'
    assert rows['gone.mp4']['problem'] == 'no such file'
    assert rows['text.mp4']['problem']
    good = (world / 'out/list_good.txt').read_bytes()
    assert good == b'good.mp4 0\nmoved.mp4,1\ngood.mp4 0\n'
    summary = json.loads((world / 'out/report.json').read_text())
    counts = ('lines', 'good_lines', 'videos', 'bad_videos', 'decoded')
    assert [summary[name] for name in counts] == [6, 3, 5, 3, False]
    assert summary['problems']['empty file'] == 1
    assert not (world / 'out/report.partial.jsonl').exists()
    text = capsys.readouterr().out
    assert 'empty file' in text and 'list_good.txt' in text


def test_nothing_wrong_is_exit_code_0(tool, world):
    (world / 'list.txt').write_text('good.mp4 0\nmoved.mp4 1\n')
    assert run(tool, world, '--decode')[0] == 0
    first = (world / 'out/report.json').read_bytes()
    assert run(tool, world, '--decode')[0] == 0
    assert (world / 'out/report.json').read_bytes() == first


def test_a_real_video_that_breaks_off(tool, world, shared_data):
    """Its first frame is good, which is all that opening looks at."""
    videos = shared_data / 'videos'
    names = ('corrupted_tail.mp4', 'street_walking_5f.mp4')
    for name in names:
        shutil.copy(videos / name, world / 'videos')
    (world / 'list.txt').write_text(''.join(f'{name} 0\n' for name in names))
    code, rows = run(tool, world)
    assert (code, rows['corrupted_tail.mp4']['frames']) == (0, '50')
    code, rows = run(tool, world, '--decode', '--jobs', '2')
    assert code == 1
    problem = rows['corrupted_tail.mp4']['problem']
    assert problem.startswith('damaged at 3.0 s of 5.0 s')
    assert rows['corrupted_tail.mp4']['frames'] == '50'
    assert rows['street_walking_5f.mp4']['problem'] == ''
    good = (world / 'out/list_good.txt').read_text()
    assert good == 'street_walking_5f.mp4 0\n'


def test_an_interrupted_run_goes_on(tool, world, monkeypatch, capsys):
    seen = []

    def interrupted(files, look, jobs):
        for file in files:
            if len(seen) == 3:
                raise KeyboardInterrupt
            seen.append(os.path.basename(file))
            yield file, look(file)

    monkeypatch.setattr(video_probe, 'probe_files', interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(tool, world)
    assert seen == ['good.mp4', 'moved.mp4', 'empty.mp4']
    partial = world / 'out/report.partial.jsonl'
    with partial.open('a') as file:
        file.write('["cut off')
    (world / 'videos/empty.mp4').unlink()
    write_video(world / 'videos/empty.mp4', num_frames=4)  # mended
    seen.clear()
    code, rows = run(tool, world)
    assert seen == ['empty.mp4', 'text.mp4']
    assert '2 of 4 videos as before' in capsys.readouterr().out
    assert code == 1
    assert rows['good.mp4']['frames'] == '5'
    assert rows['empty.mp4']['frames'] == '4'
    assert not partial.exists()


def test_opened_is_not_decoded(tool, world):
    """What an interrupted run without --decode found is not taken."""
    partial = world / 'partial.jsonl'
    row = json.dumps(['a.mp4', VideoFacts(5, 64, 48, 10.0)])
    partial.write_text(f'false\n{row}\n')
    assert list(tool.read_partial(partial, False)) == ['a.mp4']
    assert tool.read_partial(partial, True) == {}


def test_lists_that_contradict_themselves(tool, world):
    write_video(world / 'videos/a/two.mp4')
    write_video(world / 'videos/b/two.mp4')
    (world / 'list.txt').write_text('good.mp4 0\ngood.mp4 1\nx/two.mp4 0\n')
    code, rows = run(tool, world)
    assert code == 1
    assert rows['good.mp4']['problem'] == 'two labels (lines 1 and 2)'
    problem = rows['x/two.mp4']['problem']
    assert problem.startswith('several files of this name: ')
    assert 'a/two.mp4, ' in problem and problem.endswith('b/two.mp4')


@pytest.mark.parametrize(
    ('flags', 'message'),
    [
        (['--jobs', '0'], '--jobs 0, expected at least 1'),
        (['--root', '/nowhere'], 'no folder of videos at /nowhere'),
        (['--classes', 'hmdb51_base'], 'neither|label|id from 0 to 25'),
    ],
)
def test_what_does_not_fit_is_named(tool, world, flags, message):
    (world / 'list.txt').write_text('good.mp4 26\n')
    with pytest.raises(UserError, match=message):
        run(tool, world, *flags)


def test_labels_may_be_names_of_a_class_list(tool, world):
    (world / 'list.txt').write_text('good.mp4,kick ball\n')
    with pytest.raises(UserError, match='expected "path label" with an id$'):
        run(tool, world)
    assert run(tool, world, '--classes', 'hmdb51')[0] == 0


def crash(file):
    """Ends its process for one file, as a decoder may."""
    if file == 'bad':
        os._exit(1)
    time.sleep(0.01)
    return VideoFacts(frames=len(file))


@pytest.mark.parametrize('jobs', [1, 2])
def test_a_decoder_that_crashes_is_a_problem_of_that_file(jobs):
    files = [f'file {i}' for i in range(12)]
    files.insert(5, 'bad')
    found = dict(probe_files(files, crash, jobs))
    assert set(found) == set(files)
    assert found.pop('bad').problem == 'the decoder crashed'
    assert set(found.values()) == {VideoFacts(frames=6), VideoFacts(frames=7)}


def test_few_files_wait_in_the_queue(monkeypatch):
    """So that an interruption does not wait for many."""
    waiting = []

    class Pool(video_probe.ProcessPoolExecutor):
        def submit(self, *args):
            waiting.append(args)
            return super().submit(*args)

    monkeypatch.setattr(video_probe, 'ProcessPoolExecutor', Pool)
    results = probe_files([f'{i}' for i in range(100)], crash, 1)
    next(results)
    results.close()
    assert len(waiting) <= 2 * video_probe.QUEUED
