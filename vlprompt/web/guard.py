"""What the page may load, who may ask for it, and what is never served."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ('localhost', '127.0.0.1', '::1')
ANY = '*'
# Routes of Gradio that fetch from elsewhere, or tell of the machine.
REFUSED = ('proxy=', 'vibe-', 'monitoring', 'run-history', 'dev/reload')
# Gradio has scripts and styles inside its page.
POLICY = '; '.join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    'Content-Security-Policy': POLICY,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
}


class Guard:
    """Refuses what an app must not answer, and says what pages may load.

    A page of another site can send a browser to a server of this machine
    under a name of its own; so names that are not expected are refused.

    Args:
        app: The app.
        hosts: Names under which it may be asked; ``*`` for any.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer a request."""
        from starlette.datastructures import MutableHeaders
        from starlette.requests import ClientDisconnect
        from starlette.responses import PlainTextResponse

        if scope['type'] not in ('http', 'websocket'):
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal := self._refusal(scope):
            answer = PlainTextResponse(refusal, status_code=403)
            await answer(scope, receive, send_guarded)
        else:
            # A browser that is closed during an upload is nobody's fault.
            with suppress(ClientDisconnect):
                await self._app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> str | None:
        """Why a request is not answered."""
        from starlette.datastructures import Headers

        host = host_name(Headers(scope=scope).get('host', ''))
        if ANY not in self._hosts and host not in self._hosts:
            return 'the page is not served under this name'
        path = scope['path'].removeprefix('/gradio_api').lstrip('/')
        is_address = path.startswith('file') and ':/' in path
        if path.startswith(REFUSED) or is_address:
            return 'nothing from elsewhere is served here'
        return None


def host_name(header: str) -> str:
    """The name in a ``Host`` header, without the port."""
    if header.startswith('['):
        return header[1:].partition(']')[0]
    return header.partition(':')[0].lower()
