"""Headless Chromium, driven through the pipe that it has for that."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from typing import Any

# The last ones keep it from asking for news of its own.
FLAGS = (
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--remote-debugging-pipe',
    '--window-size=1280,1000',
)


def find_chromium() -> str | None:
    """The program, if it is installed."""
    return shutil.which('chromium') or shutil.which('chromium-browser')


class Browser:
    """A browser with one tab.

    Args:
        program: Its path.

    Attributes:
        requests: All addresses that the tab has asked for.
    """

    def __init__(self, program: str) -> None:
        self.requests: list[str] = []
        self._profile = tempfile.mkdtemp(prefix='chromium_')
        self._number = 0
        self._session: str | None = None
        to_read, self._to = os.pipe()
        self._of, to_write = os.pipe()
        # The pipes are files 3 and 4 of the browser.
        command = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        flags = [*FLAGS, f'--user-data-dir={self._profile}', 'about:blank']
        self._process = subprocess.Popen(
            ['bash', '-c', command, program, *flags],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._input = os.fdopen(self._of, 'rb')
        tabs = self._ask('Target.getTargets')['targetInfos']
        (tab,) = (tab for tab in tabs if tab['type'] == 'page')
        self._session = self._ask(
            'Target.attachToTarget', targetId=tab['targetId'], flatten=True
        )['sessionId']
        for domain in ('Page', 'Network', 'DOM', 'Runtime'):
            self._ask(f'{domain}.enable')

    def open(self, address: str) -> None:
        """Go to a page."""
        self._ask('Page.navigate', url=address)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self._ask(
            'Runtime.evaluate',
            expression=script,
            returnByValue=True,
            awaitPromise=True,
        )
        assert 'exceptionDetails' not in answer, answer
        return answer['result'].get('value')

    def wait(self, script: str, seconds: float = 60) -> Any:
        """Wait until an expression is true; its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(f'(v => v instanceof Node || v)({script})')
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(f'not within {seconds} s: {script}')

    def give_file(self, selector: str, path: str) -> None:
        """Put a file into a field."""
        root = self._ask('DOM.getDocument')['root']['nodeId']
        node = self._ask('DOM.querySelector', nodeId=root, selector=selector)
        self._ask('DOM.setFileInputFiles', files=[path], nodeId=node['nodeId'])

    def screenshot(self, path: str) -> None:
        """What is seen, as PNG."""
        data = self._ask('Page.captureScreenshot', format='png')['data']
        with open(path, 'wb') as file:
            file.write(base64.b64decode(data))

    def close(self) -> None:
        """End it."""
        os.close(self._to)
        self._process.terminate()
        self._process.wait(20)
        self._input.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _ask(self, method: str, **params: Any) -> dict:
        self._number += 1
        message = dict(id=self._number, method=method, params=params)
        if self._session:
            message['sessionId'] = self._session
        os.write(self._to, json.dumps(message).encode() + b'\0')
        while True:
            answer = json.loads(self._message())
            if answer.get('method') == 'Network.requestWillBeSent':
                self.requests.append(answer['params']['request']['url'])
            if answer.get('id') == self._number:
                assert 'error' not in answer, answer
                return answer['result']

    def _message(self) -> bytes:
        parts = bytearray()
        while True:
            byte = self._input.read(1)
            assert byte, 'the browser has ended'
            if byte == b'\0':
                return bytes(parts)
            parts += byte
