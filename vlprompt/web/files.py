"""The videos of an index and the reports, as the page asks for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from .excerpts import LONGEST, excerpt, is_playable

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

ROUNDING = 0.01  # seconds, as addresses have three digits of them
VIDEOS, EXCERPTS, REPORTS = '/videos', '/excerpts', '/reports'
# A report has all it shows, and scripts of its own that get nothing else.
REPORT_POLICY = '; '.join(
    (
        "default-src 'none'",
        'img-src data:',
        "style-src 'unsafe-inline'",
        "script-src 'unsafe-inline'",
        "frame-ancestors 'self'",
        'sandbox allow-scripts',
    )
)


class Refused(Exception):
    """A file that is not served.

    Args:
        status: Of HTTP.
        reason: In words.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class VideoFiles:
    """The videos of an index: these files are served and no others.

    Args:
        root: The folder that was indexed.
        names: The videos, relative to it.
    """

    def __init__(self, root: Path, names: Collection[str]) -> None:
        self._root, self._names = root.resolve(), frozenset(names)

    def find(self, name: str) -> Path:
        """The file of a video.

        Raises:
            Refused: 404 if it is not in the index or no longer there,
                403 if it is a link that leads out of the folder.
        """
        if name not in self._names:
            raise Refused(404, 'not in the index')
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root):
            raise Refused(403, 'a link out of the folder of the index')
        if not path.is_file():
            raise Refused(404, 'no longer there')
        return path

    def address(self, name: str, start: float, end: float) -> str:
        """Where the page gets a video from, to be played from a second on.

        Browsers play few formats.  Of others it is an excerpt in one that
        they do.

        Raises:
            Refused: As :meth:`find`.
        """
        place = quote(name)
        if is_playable(self.find(name)):
            return f'{VIDEOS}/{place}#t={start:.3f}'
        return f'{EXCERPTS}/{place}?start={start:.3f}&end={end:.3f}'

    def routes(self) -> list[Route]:
        """What the server has to answer."""
        return [
            _route(f'{VIDEOS}/{{name:path}}', self._video),
            _route(f'{EXCERPTS}/{{name:path}}', self._excerpt),
        ]

    def _video(self, request: Request) -> Response:
        from starlette.responses import FileResponse

        return FileResponse(self.find(request.path_params['name']))

    def _excerpt(self, request: Request) -> Response:
        from starlette.responses import Response

        path = self.find(request.path_params['name'])
        try:
            start, end = (
                float(request.query_params[key]) for key in ('start', 'end')
            )
        except (KeyError, ValueError) as error:
            raise Refused(400, 'start and end expected') from error
        if not 0 <= start < end < start + LONGEST + ROUNDING:
            raise Refused(400, f'{LONGEST} s expected at most')
        try:
            content = excerpt(path, start, end)
        except (OSError, ValueError) as error:
            raise Refused(404, 'it cannot be read') from error
        return Response(content, media_type='video/mp4')


class ReportFiles:
    """The pages that were given: these files are served and no others.

    Args:
        pages: The files.
    """

    def __init__(self, pages: Sequence[Path]) -> None:
        self._pages = tuple(pages)

    def routes(self) -> list[Route]:
        """What the server has to answer."""
        return [_route(f'{REPORTS}/{{number:int}}', self._report)]

    def _report(self, request: Request) -> Response:
        from starlette.responses import FileResponse

        number = request.path_params['number']
        if number >= len(self._pages) or not self._pages[number].is_file():
            raise Refused(404, 'no such report')
        policy = {'Content-Security-Policy': REPORT_POLICY}
        return FileResponse(self._pages[number], headers=policy)


def _route(path: str, answer: Callable[[Request], Response]) -> Route:
    """A route that says in words why it refuses."""
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    def answered(request: Request) -> Response:
        try:
            return answer(request)
        except Refused as error:
            return PlainTextResponse(str(error), status_code=error.status)

    return Route(path, answered)
