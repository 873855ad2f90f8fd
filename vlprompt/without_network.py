"""Doing without a network where there is none."""

import os
import socket
import urllib.request
from urllib.parse import urlparse

OFFLINE = 'HF_HUB_OFFLINE'


def use_what_is_there() -> None:
    """Have the Hub's client read its cache alone if the Hub has no address.

    It would try for most of a minute to reach it, a file at a time.  To be
    called before it is imported.  What the user has set stays.
    """
    if OFFLINE in os.environ or 'https' in urllib.request.getproxies():
        return
    hub = urlparse(os.environ.get('HF_ENDPOINT', 'https://huggingface.co'))
    try:
        socket.getaddrinfo(hub.hostname, hub.port or 443)
    except OSError:
        os.environ[OFFLINE] = '1'
