"""Transforms that are slow, or end the process that runs them."""

import os
import signal
import time

from vlprompt.registry import TRANSFORMS


class _Faulty:
    """Does something to one video of a list, and nothing to the others.

    Args:
        video: The end of its path.
    """

    def __init__(self, video: str) -> None:
        self.video = video

    def __call__(self, results: dict) -> dict:
        """Pass the video on."""
        if results['filename'].endswith(self.video):
            self.fail()
        return results

    def fail(self) -> None:
        """What happens."""
        raise NotImplementedError


@TRANSFORMS.register_module()
class Slow(_Faulty):
    """A disk that takes seconds to answer."""

    def fail(self) -> None:
        """Wait."""
        time.sleep(3)


@TRANSFORMS.register_module()
class Exiting(_Faulty):
    """A library that ends the process."""

    def fail(self) -> None:
        """End it, without cleaning up."""
        os._exit(1)


@TRANSFORMS.register_module()
class Killed(_Faulty):
    """A system that has run out of memory."""

    def fail(self) -> None:
        """Send what the system sends."""
        os.kill(os.getpid(), signal.SIGKILL)
