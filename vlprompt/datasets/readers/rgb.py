"""Decoded frames to arrays."""

from collections.abc import Callable
from functools import cache
from logging import WARNING
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from mmengine.logging import print_log

from .container import say
from .orientation import display_matrix, is_upright, orient


class ToRGB:
    """A decoded frame to (H, W, 3) uint8 RGB, as it is to be shown.

    FFmpeg converts the colours, with the matrix and the range that the frame
    declares.  All frames get the size of the first one of the file.

    Attributes:
        matrix: That the last frame is shown with, or None.

    Args:
        file: The file, for messages.
        size: Width and height that the stream announces.
        decode_first: Decodes the first frame, if one has another size.
    """

    def __init__(
        self,
        file: str,
        size: tuple[int, int],
        decode_first: Callable[[], Any],
    ) -> None:
        self.matrix: np.ndarray | None = None
        self._file = file
        self._size = size
        self._decode_first: Callable[[], Any] | None = decode_first
        # One thread: it is quicker, and a core belongs to each worker.
        self._reformat = VideoReformatter().reformat

    def __call__(self, frame: Any) -> np.ndarray:
        """Convert one frame.

        Raises:
            OSError: If FFmpeg cannot.
        """
        if (frame.width, frame.height) != self._size and self._decode_first:
            first = self._decode_first()
            self._size = first.width, first.height
            self._decode_first = None
        width, height = self._size
        try:
            image = self._reformat(
                frame, width, height, format='rgb24', threads=1
            ).to_ndarray()
        except (av.FFmpegError, ValueError) as error:
            raise OSError(f'cannot be converted: {say(error)}') from error
        self.matrix = display_matrix(frame)
        if self.matrix is None:
            return image
        if not is_upright(self.matrix):
            _tell(self._file)
        return orient(image, self.matrix)


@cache
def _tell(file: str) -> None:
    print_log(
        f'{file} asks to be turned by no right angle: it is left as it is',
        'current',
        WARNING,
    )
