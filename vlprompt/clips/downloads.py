"""Files that are on the disk only while they are read."""

import http.client
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

PATIENCE = 30  # seconds without an answer
WEB_PAGE = 'text/html', 'application/xhtml+xml'
PLAYLISTS = (
    'application/vnd.apple.mpegurl',
    'application/x-mpegurl',
    'audio/mpegurl',
    'audio/x-mpegurl',
    'application/dash+xml',
)


@contextmanager
def downloaded(address: str) -> Iterator[str]:
    """A file of the web: its copy, which is removed at the end.

    A whole copy is read exactly, and no byte is sent twice.

    Raises:
        OSError: If there is none, or it is a web page, in words.
    """
    with ExitStack() as held:
        # What is raised while the copy is read is no fault of the server.
        yield _download(address, held)


def _download(address: str, held: ExitStack) -> str:
    try:
        request = urllib.request.Request(
            address, headers={'User-Agent': 'vlprompt'}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            _check_kind(answer.headers.get_content_type())
            length = answer.headers.get('Content-Length')
            return held.enter_context(saved(answer, length and int(length)))
    except urllib.error.HTTPError as error:
        raise OSError(
            f'the server answers {error.code} {error.reason}'
        ) from error
    except urllib.error.URLError as error:
        raise OSError(f'cannot be reached: {error.reason}') from error
    except TimeoutError as error:
        raise OSError(f'no answer within {PATIENCE} s') from error
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f'cannot be downloaded: {error}') from error


@contextmanager
def saved(
    content: bytes | BinaryIO, length: int | None = None
) -> Iterator[str]:
    """A temporary file of what is given, removed at the end.

    Args:
        content: Bytes, or a file that is open.
        length: Bytes that there have to be.

    Raises:
        OSError: If there are fewer.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    handle, path = tempfile.mkstemp(prefix='vlprompt_')
    try:
        with os.fdopen(handle, 'wb') as target:
            shutil.copyfileobj(source, target, 1 << 20)
        size = os.path.getsize(path)
        if length is not None and size < length:
            raise OSError(f'broke off after {size} of {length} bytes')
        yield path
    finally:
        Path(path).unlink(missing_ok=True)


def _check_kind(kind: str) -> None:
    if kind in WEB_PAGE:
        raise OSError(
            'a web page, not a video: give the address of the file itself '
            '(yt-dlp downloads videos from pages)'
        )
    if kind in PLAYLISTS:
        raise OSError('a playlist, not a video: --camera reads it live')
