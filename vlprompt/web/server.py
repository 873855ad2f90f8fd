"""Serving the page from this machine."""

import ipaddress
import socket
from typing import Any

from vlprompt.errors import UserError

PATIENCE = 2  # seconds for open connections, when the server ends


def listen(host: str, port: int) -> socket.socket:
    """A socket, taken before anything that is slow.

    Args:
        host: The address, or a name of this machine.
        port: 0 for any that is free.

    Raises:
        UserError: If the port is in use or not permitted, or the address is
            none of this machine.
    """
    if not 0 <= port < 2**16:
        raise UserError(f'--port {port}, expected 0 to {2**16 - 1}')
    try:
        family, *_, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        return socket.create_server(place[:2], family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, 'strerror', None) or str(error)
        raise UserError(
            f'cannot listen on {host}, port {port} ({reason.lower()}): '
            '--host and --port give others'
        ) from error


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == 'localhost'


def address_of(listening: socket.socket, host: str) -> str:
    """What one types into a browser."""
    port = listening.getsockname()[1]
    return (
        f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'
    )


def serve(app: Any, listening: socket.socket) -> None:
    """Answer requests until the process is told to end.

    Args:
        app: What :func:`build_app` has built.
        listening: Of :func:`listen`.
    """
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level='warning',
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    uvicorn.Server(config).run(sockets=[listening])
