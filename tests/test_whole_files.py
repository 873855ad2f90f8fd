"""Files are whole or not there."""

import errno
import os
import re
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from vlprompt.whole_files import (
    remove_leftovers,
    whole_file,
    write_bytes,
    write_text,
)


@contextmanager
def largest_file(size):
    """As on a full drive, or beyond a quota, but without a drive."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_there(tmp_path):
    write_text(tmp_path / 'a.txt', 'ä\n\r\n')
    assert (tmp_path / 'a.txt').read_bytes() == 'ä\n\r\n'.encode()
    write_bytes(tmp_path / 'a.txt', b'again')
    assert (tmp_path / 'a.txt').read_bytes() == b'again'
    assert names(tmp_path) == ['a.txt']


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / 'a.txt'
    write_text(path, 'before')
    with pytest.raises(OSError) as caught, largest_file(1000):
        write_bytes(path, b'x' * 2000)
    assert caught.value.errno == errno.EFBIG
    assert caught.value.filename == str(path)
    with pytest.raises(KeyboardInterrupt), whole_file(path) as part:
        part.write_text('half')
        raise KeyboardInterrupt
    assert path.read_text() == 'before'
    assert names(tmp_path) == ['a.txt']


def test_a_drive_that_is_full_when_it_is_flushed(tmp_path, monkeypatch):
    def fsync(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, 'fsync', fsync)
    with pytest.raises(OSError, match='No space'):
        write_text(tmp_path / 'a.txt', 'text')
    assert names(tmp_path) == []


def test_links_and_devices_stay_what_they_are(tmp_path):
    (tmp_path / 'link').symlink_to('file')
    write_text(tmp_path / 'link', 'text')
    assert (tmp_path / 'link').is_symlink()
    assert (tmp_path / 'file').read_text() == 'text'
    write_text('/dev/null', 'text')
    assert Path('/dev/null').is_char_device()
    with pytest.raises(OSError) as caught:
        write_text('/dev/full', 'text')
    assert caught.value.errno == errno.ENOSPC


@pytest.mark.slow
def test_pipes(tmp_path):
    code = 'from vlprompt.whole_files import write_text as w; w({!r}, "text")'
    for path in ('/dev/stdout', str(tmp_path / 'pipe')):
        line = [sys.executable, '-c', code.format(path)]
        if path != '/dev/stdout':
            os.mkfifo(path)
            line = ['sh', '-c', '"$@" & cat "$0"', path, *line]
        assert subprocess.check_output(line, text=True, timeout=60) == 'text'
    assert names(tmp_path) == ['pipe']


@pytest.mark.parametrize(
    ('name', 'number'),
    [
        ('folder', errno.EISDIR),
        ('gone/a', errno.ENOENT),
        ('file/a', errno.ENOTDIR),
        ('x' * 300, errno.ENAMETOOLONG),
    ],
)
def test_a_path_that_cannot_be_written_is_named(tmp_path, name, number):
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'file').touch()
    with pytest.raises(OSError) as caught:
        write_text(tmp_path / name, 'text')
    assert caught.value.errno == number
    assert caught.value.filename == str(tmp_path / name)
    assert names(tmp_path) == ['file', 'folder']


def test_the_longest_of_names(tmp_path):
    write_text(tmp_path / ('ä' * 127), 'text')
    assert (tmp_path / ('ä' * 127)).read_text() == 'text'


PROGRAM = """
import os, signal, sys
from vlprompt.whole_files import whole_file
with whole_file(sys.argv[1]) as part:
    part.write_text('half')
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_leftovers_of_killed_processes_are_removed(tmp_path):
    path = tmp_path / 'a.txt'
    write_text(path, 'before')
    result = subprocess.run([sys.executable, '-c', PROGRAM, str(path)])
    assert result.returncode == -signal.SIGKILL
    assert path.read_text() == 'before' and len(names(tmp_path)) == 2
    other = tmp_path / f'.b.othermachine-{os.getpid()}.part'
    other.touch()
    (tmp_path / '.mine.part').touch()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted([other.name, '.mine.part', 'a.txt'])
    os.utime(other, (0, 0))
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ['.mine.part', 'a.txt']


# What writes a file in place, and the modules whose files nothing reads again:
# the video of a toy world, a log, a lock.
IN_PLACE = re.compile(
    r'\.write_(?:text|bytes)\(|torch\.save\(|save_file\(|json\.dump\('
    r"|open\(\s*'[wx]|np\.save"
)
EXCEPTIONS = (
    'whole_files.py',
    'averaging/files.py',  # within `whole_file`, as the next four
    'exporting/formats.py',
    'exporting/merged_file.py',
    'hub/writer.py',
    'search/parts.py',
    'own_videos/check.py',  # checked.jsonl, of which a line may be cut
    'cli/data_check.py',  # report.partial.jsonl, of which a line may be cut
    'jobs/executors/in_process_executor.py',  # logs
    'jobs/executors/subprocess_executor.py',
)


def test_nothing_else_is_written_in_place(repository):
    package = repository / 'vlprompt'
    found = {
        path.relative_to(package).as_posix(): match[0]
        for path in package.rglob('*.py')
        for match in IN_PLACE.finditer(path.read_text(encoding='utf-8'))
    }
    assert {k: v for k, v in found.items() if k not in EXCEPTIONS} == {}
