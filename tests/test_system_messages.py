"""What the system, PyTorch and missing packages make of a command."""

import errno
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch.utils.data import DataLoader, Dataset

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError
from vlprompt.missing_packages import EXTRAS
from vlprompt.user_messages import error_line
from vlprompt.whole_files import write_bytes


def line_of(command, *args, **kwargs):
    with pytest.raises(Exception) as caught:
        command(*args, **kwargs)
    line = error_line(caught.value)
    assert line is None or '\n' not in line
    return line


class Samples(Dataset):
    """Samples that a function gives."""

    def __init__(self, give):
        self.give = give

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return self.give(i)


def read(give, **kwargs):
    return list(DataLoader(Samples(give), num_workers=1, **kwargs))


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('file/a', 'file/a: a part of this path is a file'),
        ('folder', 'folder: a folder, expected a file'),
        ('x' * 300, 'the name is too long'),
        ('gone/a', 'gone/a: no such file or folder'),
        ('circle', 'links that lead in a circle'),
    ],
)
def test_paths_that_cannot_be_written(tmp_path, name, expected):
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'file').touch()
    (tmp_path / 'circle').symlink_to('circle')
    assert expected in line_of(open, tmp_path / name, 'w')


def test_a_file_in_the_place_of_a_folder(tmp_path):
    (tmp_path / 'out').touch()
    line = line_of((tmp_path / 'out').mkdir, exist_ok=True)
    assert line == f'{tmp_path}/out: a file, expected a folder'


def test_a_full_drive():
    line = line_of(Path('/dev/full').write_text, 'text')
    assert line.startswith('no space is left')
    line = line_of(write_bytes, '/dev/full', b'text')
    assert line.startswith('/dev/full: no space is left')
    # PyTorch makes an error of its own of that.
    with Path('/dev/full').open('wb', 0) as file:
        line = line_of(torch.save, torch.zeros(9), file)
    assert line.startswith('no space is left')


@pytest.mark.parametrize(
    'number',
    [
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EMLINK,
        errno.EIO,
    ],
)
def test_what_cannot_be_provoked_here(number):
    def fail(i=0):
        raise OSError(number, os.strerror(number), '/out/a')

    assert line_of(fail).startswith('/out/a: ')
    assert line_of(read, fail) == line_of(fail)  # in a worker


def test_too_many_open_files():
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir('/proc/self/fd'))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used, before[1]))
    try:
        with pytest.raises(OSError) as caught:
            [os.open('/dev/null', os.O_RDONLY) for _ in range(9)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert 'ulimit -n' in error_line(caught.value)


def test_a_port_in_use():
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = server.getsockname()[1]
        assert 'port is in use' in line_of(
            socket.create_server, ('127.0.0.1', port)
        )
        line = line_of(dist.TCPStore, '127.0.0.1', port, 1, True)
    assert 'port is in use' in line


def test_out_of_memory():
    import numpy as np

    assert 'smaller batch_size' in line_of(torch.empty, 2**50)
    assert 'smaller batch_size' in line_of(np.empty, 2**50)
    assert 'smaller batch_size' in line_of(bytearray, 2**62)

    def fail(i=0):
        raise torch.OutOfMemoryError('CUDA out of memory. Tried ...')

    assert line_of(fail).startswith('out of GPU memory')
    assert line_of(read, fail).startswith('out of GPU memory')


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU')
def test_a_gpu_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '')
    line = line_of(torch.zeros, 1, device='cuda')
    assert 'a GPU is asked for' in line
    assert "CUDA_VISIBLE_DEVICES is ''" in line


@pytest.mark.slow
def test_workers_that_are_killed_or_hang():
    def die(i):
        os.kill(os.getpid(), signal.SIGKILL)

    assert 'ended from outside' in line_of(read, die)

    def hang(i):
        signal.pause()

    assert 'within 1 s' in line_of(read, hang, timeout=1)


def test_workers_out_of_shared_memory():
    def fail(i=0):
        raise RuntimeError(
            'unable to write to file </torch_12_3>: No space left on device '
            '(28)'
        )

    assert 'docker run --shm-size' in line_of(read, fail)

    def die(i=0):
        raise RuntimeError(
            'DataLoader worker (pid 3) is killed by signal: Bus error. It is '
            "possible that dataloader's workers are out of shared memory."
        )

    assert 'docker run --shm-size' in line_of(die)


def _fail_in_a_process(rank):
    write_bytes('/dev/full', b'text')


@pytest.mark.slow
def test_an_error_of_a_spawned_process():
    line = line_of(torch.multiprocessing.spawn, _fail_in_a_process, nprocs=1)
    assert line.startswith('/dev/full: no space is left')


def test_missing_packages():
    names = {
        name: error_line(ModuleNotFoundError(f"No module named '{name}.a'"))
        for name in EXTRAS
    }
    for name, line in names.items():
        assert f"pip install 'vlprompt[{EXTRAS[name]}]'" in line
    from_mmengine = ImportError(
        'Please run "pip install future tensorboard" to install the '
        'dependencies to use torch.utils.tensorboard'
    )
    assert 'vlprompt[track]' in error_line(from_mmengine)
    assert 'vlprompt env' in line_of(__import__, 'no_such_package')
    assert line_of(__import__, 'vlprompt.no_such_module') is None

    def fail(i):
        raise ImportError('Please run "pip install decord" to install Decord')

    assert 'vlprompt[video]' in line_of(read, fail)


def test_the_extras_are_those_of_the_library(repository):
    modules = {'scikit-learn': 'sklearn', 'faiss-cpu': 'faiss'}
    for extra in {*EXTRAS.values()}:
        text = (repository / f'requirements/{extra}.txt').read_text()
        names = [re.split(r'[\[>]', line)[0] for line in text.splitlines()]
        for name in names:
            assert EXTRAS[modules.get(name, name)] == extra


def test_the_cause_is_looked_for():
    def chained():
        try:
            raise UserError('no such list')
        except UserError as error:
            raise RuntimeError('in a build') from error

    assert line_of(chained) == 'no such list'

    def bug():
        try:
            Path('/gone').read_text()
        except OSError:
            return [].index(3)

    assert line_of(bug) is None
    with pytest.raises(OSError) as caught:
        Path('/gone').read_text()
    again = pickle.loads(pickle.dumps(caught.value))
    assert error_line(again) == '/gone: no such file or folder'


def test_an_interruption_is_one_line(capsys):
    def command():
        raise KeyboardInterrupt('epoch_3.pth is kept')

    with pytest.raises(SystemExit) as ended:
        run_command(command)
    assert ended.value.code == 130
    assert capsys.readouterr().err == 'interrupted: epoch_3.pth is kept\n'


PROGRAM = """
import time
from vlprompt.cli.common import run_command
from vlprompt.whole_files import whole_file
def main():
    with whole_file('a.txt') as part:
        part.write_text('half')
        print('ready', flush=True)
        time.sleep(60)
run_command(main)
"""


def heed_interrupts():
    """What is started in the background by a shell ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    ('number', 'code', 'said'),
    [
        (signal.SIGTERM, 143, 'terminated\n'),
        (signal.SIGINT, 130, 'interrupted\n'),
    ],
)
def test_signals_leave_nothing_half_written(tmp_path, number, code, said):
    with subprocess.Popen(
        [sys.executable, '-c', PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, 'PYTHONPATH': os.getcwd()},
        preexec_fn=heed_interrupts,
    ) as process:
        assert process.stdout.readline() == 'ready\n'
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (code, said)
    assert list(tmp_path.iterdir()) == []
