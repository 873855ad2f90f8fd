"""What the operating system refuses, as lines that can be acted upon."""

import errno
import os
import re
import socket
import ssl

from vlprompt.errors import last_line

# By number; the place is put before them.
LINES = {
    errno.ENOSPC: 'no space is left on the drive: free some, or give another '
    'folder',
    errno.EDQUOT: 'the disk quota is used up: free some space, or give '
    'another folder',
    errno.EFBIG: 'larger than files may be there (`ulimit -f`, or the drive)',
    errno.EACCES: 'permission denied',
    errno.EPERM: 'not permitted',
    errno.EROFS: 'the drive is read-only: give another folder',
    errno.ENOTDIR: 'a part of this path is a file, expected a folder',
    errno.EEXIST: 'it exists: expected a new name, or a folder',
    errno.EISDIR: 'a folder, expected a file',
    errno.ENOTEMPTY: 'the folder is not empty',
    errno.ENAMETOOLONG: 'the name is too long',
    errno.ENOENT: 'no such file or folder',
    errno.EMFILE: 'too many open files: raise the limit (`ulimit -n`), or use '
    'fewer workers (num_workers)',
    errno.ENFILE: 'too many open files on this machine',
    errno.EMLINK: 'too many links',
    errno.ELOOP: 'links that lead in a circle',
    errno.EXDEV: 'on another drive',
    errno.EBUSY: 'in use by another process',
    errno.ETXTBSY: 'in use by another process',
    errno.EIO: 'the drive fails (input/output error)',
    errno.ESTALE: 'the network drive has lost it: try again',
    errno.ENODEV: 'no such device',
    errno.ENXIO: 'no such device',
    errno.ENOMEM: 'the machine is out of memory',
    errno.EAGAIN: 'too many processes, or not enough memory, for another one',
    errno.EADDRINUSE: 'the port is in use: give another one (PORT=... or '
    'MASTER_PORT=...)',
    errno.EADDRNOTAVAIL: 'not an address of this machine',
    errno.ECONNREFUSED: 'the connection was refused',
    errno.ECONNRESET: 'the connection was closed by the other side',
    errno.EHOSTUNREACH: 'the other machine cannot be reached',
    errno.ENETUNREACH: 'there is no network',
    errno.ETIMEDOUT: 'no answer in time',
}
# Those that are the cause whatever has come of them.
OF_DRIVES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
OUT_OF_MEMORY = (
    'out of memory: use a smaller batch_size or fewer workers (num_workers)'
)
QUOTED = re.compile(r"\[Errno (\d+)\] [^:]*(?:: '(.*)')?$")


def system_line(error: BaseException) -> str | None:
    """The line for an error of the operating system, otherwise None."""
    if isinstance(error, MemoryError):
        return f'{OUT_OF_MEMORY}{_details(error)}'
    if not isinstance(error, OSError):
        return None
    if isinstance(error, socket.gaierror):
        return 'the name of the server is not known: there may be no network'
    if isinstance(error, ssl.SSLError):  # with numbers of its own
        return None
    if isinstance(error, TimeoutError) and error.errno is None:
        return LINES[errno.ETIMEDOUT] if 'timed out' in str(error) else None
    number = error.errno
    if number not in LINES or (number == errno.ENOENT and not error.filename):
        return None
    place = error.filename2 or error.filename
    line = LINES[number]
    if number == errno.EEXIST and place and os.path.isfile(_text(place)):
        line = 'a file, expected a folder'
    return line if place is None else f'{_text(place)}: {line}'


def requoted(message: str) -> OSError | None:
    """The error of the system that a message of another process quotes."""
    match = QUOTED.search(message)
    if match is None:
        return None
    number = int(match[1])
    return OSError(number, os.strerror(number), match[2])


def _text(place: str | bytes | int) -> str:
    return os.fsdecode(place) if isinstance(place, bytes) else str(place)


def _details(error: MemoryError) -> str:
    text = last_line(error)
    return f' ({text})' if text else ''
