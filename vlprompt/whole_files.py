"""Files that are whole or not there, whatever ends the writing of them."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUFFIX = '.part'
STALE = 24 * 3600  # seconds after which no other machine writes a file still


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Write a file under another name, and give it its own at the end.

    A write that fails or is killed leaves what was there before.  The other
    name begins with a dot, in the same folder, as a name can be given to a
    file at once within a drive alone; no two processes have the same.  What
    is no file, such as ``/dev/stdout``, is written to as it is.

    Args:
        path: The file; a link stays one.

    Yields:
        Where to write to.

    Raises:
        OSError: If it cannot be written; its ``filename`` is the path.
    """
    path = Path(path)
    is_device = path.exists() and not path.is_file() and not path.is_dir()
    if not is_device:  # the pipe that /dev/stdout leads to has no path
        path = Path(os.path.realpath(path))
    part = path if is_device else _part_of(path)
    try:
        if not is_device:  # who reads a pipe would see its end
            _check_replaceable(path)
        yield part
        if not is_device:
            _flush(part)
            os.replace(part, path)
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(part)):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        if not is_device:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file as a whole.

    Raises:
        OSError: See :func:`whole_file`.
    """
    with whole_file(path) as part:
        part.write_bytes(content)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 file as a whole, with line ends as they are.

    Raises:
        OSError: See :func:`whole_file`.
    """
    write_bytes(path, text.encode('utf-8'))


def check_writable(folder: str | Path) -> None:
    """Make a folder, and find out whether files can be written there.

    Raises:
        OSError: If not.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    part = _part_of(folder / 'check')
    with suppress(FileNotFoundError):  # of another thread
        part.write_bytes(b' ')
        part.unlink()


def remove_leftovers(folder: str | Path) -> None:
    """Remove what processes that were killed have left below a folder.

    What a process of this machine still writes stays, and so does what
    another machine has begun within the last day.
    """
    for part in Path(folder).rglob(f'.*{SUFFIX}'):
        words = part.name.removesuffix(SUFFIX).split('.')[-1].split('-')
        with suppress(OSError, ValueError):
            if _is_stale(part, words[0], int(words[-1])):
                part.unlink()


def _part_of(path: Path) -> Path:
    # Short, as the name itself may be as long as names can be.
    name = f'.{path.name[:32]}.{_machine()}-{os.getpid()}{SUFFIX}'
    return path.with_name(name)


def _machine() -> str:
    letters = filter(str.isalnum, platform.node())
    return ''.join(letters)[:20] or 'here'


def _is_stale(part: Path, machine: str, process: int) -> bool:
    if machine != _machine():
        return time.time() - part.stat().st_mtime > STALE
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return process == os.getpid()


def _check_replaceable(path: Path) -> None:
    """Meet with the errors that opening the file itself would meet with."""
    if path.exists():
        path.open('ab').close()


def _flush(part: Path) -> None:
    """Have it on the drive: a full one may not be noticed before."""
    descriptor = os.open(part, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
