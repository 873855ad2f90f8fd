"""Nothing hangs, not even what never returns."""

import ctypes
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from tools.benchmark.reliability.clips import Clip, write
from vlprompt.datasets.readers import container, indexed_frames
from vlprompt.datasets.readers.time_limit import TimeLimit
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

SECONDS = 0.2


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch):
    monkeypatch.setattr('vlprompt.datasets.readers.time_limit.GRACE', 0.1)


def never_returns(*args, **kwargs):
    """C code without Python's lock, as FFmpeg's is."""
    ctypes.CDLL(None).sleep(20)


def took(call):
    begin = time.monotonic()
    with pytest.raises(OSError, match=r'not read within 0.2 s'):
        call()
    return time.monotonic() - begin


def test_results_and_errors_pass():
    limit = TimeLimit(5)
    assert limit.run(lambda: 3) == 3
    with pytest.raises(KeyError):
        limit.run(lambda: {}['a'])
    assert TimeLimit(None).run(lambda: 4) == 4


def test_opening_that_does_not_return(tmp_path, monkeypatch):
    file = write(tmp_path / 'clip', Clip('.mp4', 'libx264'))
    monkeypatch.setattr(container.av, 'open', never_returns)
    assert took(lambda: VideoReader(str(file), SECONDS)) < 2


def test_decoding_that_does_not_return(tmp_path, monkeypatch):
    file = write(tmp_path / 'clip', Clip('.mp4', 'libx264'))
    reader = VideoReader(str(file), SECONDS)
    monkeypatch.setattr(indexed_frames.IndexedFrames, '_feed', never_returns)
    assert took(lambda: reader.read([3])) < 2
    # What the lost thread holds is not touched again.
    assert took(lambda: reader.read([3])) < 0.1


def test_work_that_takes_long_ends_by_itself(tmp_path, monkeypatch):
    """So that no thread goes on when nobody waits for it."""
    file = write(tmp_path / 'clip', Clip('.mp4', 'libx264'))
    reader = VideoReader(str(file), SECONDS)
    feed, fed = indexed_frames.IndexedFrames._feed, []

    def slow(*args):
        fed.append(args)
        time.sleep(0.05)
        return feed(*args)

    monkeypatch.setattr(indexed_frames.IndexedFrames, '_feed', slow)
    assert took(lambda: reader.read(range(40))) < 2
    count = len(fed)
    time.sleep(0.2)
    assert len(fed) == count < 10
    monkeypatch.undo()
    assert len(reader.read([3])) == 1  # it was not lost


def test_a_pipeline_and_a_data_set_name_the_file(tmp_path, monkeypatch):
    from vlprompt.datasets import VideoClassDataset

    write(tmp_path / 'clip', Clip('.mp4', 'libx264'))
    (tmp_path / 'list.txt').write_text('clip.mp4 0\n')
    pipeline = [
        dict(type='VideoInit', time_limit=SECONDS),
        dict(type='MultiViewSegmentSample', num_frames=4),
        dict(type='VideoDecode'),
    ]
    dataset = VideoClassDataset(
        str(tmp_path / 'list.txt'),
        pipeline,
        ['a'],
        data_prefix=dict(video=str(tmp_path)),
        test_mode=True,
    )
    monkeypatch.setattr(indexed_frames.IndexedFrames, '_feed', never_returns)
    with pytest.raises(UserError, match=r'clip.mp4 \(not read within 0.2 s'):
        dataset[0]
    assert TRANSFORMS.build(dict(type='VideoInit')).time_limit == 60


def test_the_process_ends_although_a_thread_does_not(tmp_path):
    code = (
        'import ctypes; from vlprompt.datasets.readers import time_limit\n'
        'time_limit.GRACE = 0\n'
        'try: time_limit.TimeLimit(0.1).run('
        'lambda: ctypes.CDLL(None).sleep(60))\n'
        "except TimeoutError: print('gave up')"
    )
    done = subprocess.run(
        [sys.executable, '-c', code],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=os.getcwd(),
    )
    assert done.stdout == 'gave up\n'


@pytest.mark.slow
def test_memory_is_bounded(tmp_path):
    """Whatever the size of the file."""
    clip = Clip('.avi', 'rawvideo', 150, size=(640, 480), pix_fmt='bgr24')
    file = write(tmp_path / 'clip', clip)
    assert file.stat().st_size > 130e6
    code = (
        'import resource, sys\n'
        'from vlprompt.datasets.readers.video_reader import VideoReader\n'
        'peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n'
        'before = peak()\n'
        'reader = VideoReader(sys.argv[1])\n'
        'reader.read([0, 70, 149])\n'
        'print(reader.access, (peak() - before) // 1024)'
    )
    done = subprocess.run(
        [sys.executable, '-c', code, str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    access, megabytes = done.stdout.rsplit(maxsplit=1)
    assert access == 'by index' and int(megabytes) < 60


def test_workers_of_a_loader(tmp_path):
    """They are processes of their own, after reading in the main one."""
    from torch.utils.data import DataLoader

    file = str(write(tmp_path / 'clip', Clip('.mp4', 'libx264', b_frames=2)))
    expected = VideoReader(file).read([30])[0]

    class Frames:
        def __len__(self):
            return 4

        def __getitem__(self, _):
            return VideoReader(file).read([30])[0]

    loader = DataLoader(Frames(), batch_size=None, num_workers=2)
    for image in loader:
        assert np.array_equal(image, expected)
