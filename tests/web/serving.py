"""A server of an app, in a thread."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def serving(app: Callable) -> Iterator[str]:
    """Serves an app; gives its address."""
    import uvicorn

    from vlprompt.web.server import address_of, listen

    with listen('127.0.0.1', 0) as listening:
        config = uvicorn.Config(
            app, log_level='warning', timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs=dict(sockets=[listening]), daemon=True
        )
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield address_of(listening, '127.0.0.1')
        server.should_exit = True
        thread.join(20)
