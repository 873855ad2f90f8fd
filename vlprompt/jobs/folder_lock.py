"""One command at a time for a folder of results."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vlprompt.errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other commands from running jobs in a folder.

    The processes of the jobs hold the lock as well: if this process is
    killed, they may go on for a while and must not meet a second one that
    writes to the same files.

    Raises:
        UserError: If a command or one of its jobs is still running there.
    """
    if fcntl is None:
        yield
        return
    with (folder / '.lock').open('a') as file:
        os.set_inheritable(file.fileno(), True)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                f'{folder} is in use: another command, or a job that one has '
                'left behind, is still running there'
            ) from error
        except OSError:  # a file system without locks
            pass
        yield
