"""The clips that a page shows as strips of frames."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mmengine.logging import print_log

from vlprompt.datasets.readers.decode_errors import reason, unreadable
from vlprompt.errors import last_line
from vlprompt.pages import Strip, frame_strip, read_frames

FRAMES = 8
WIDTH, HEIGHT = 1000, 112  # pixels of a strip and of a frame, at most
MOST_BYTES = 3_000_000  # of all strips; a page stays below 5 MB
# Makes (T, H, W, 3) frames and the same with heat; None if it cannot.
Look = Callable[[str, str], Sequence[np.ndarray] | None]


@dataclass(frozen=True)
class Shown:
    """What a page shows of a clip.

    Attributes:
        file: Its path.
        anchor: Where its strip stands: of this clip, or of one that was
            shown before; nothing if there is no strip.
        strip: Its frames; None if they stand elsewhere or nowhere.
        attention: Whether the second row is where the model looks.
        why_not: Why there are no frames, in words.
    """

    file: str
    anchor: str = ''
    strip: Strip | None = None
    attention: bool = False
    why_not: str = ''

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.file).name


class Gallery:
    """Decodes clips for a page, each once, until the page is full.

    Args:
        limit: How many clips are decoded at most.
        advance: Called for each clip that is.
    """

    def __init__(
        self, limit: int, advance: Callable[[], None] = lambda: None
    ) -> None:
        self.limit = limit
        self.advance = advance
        self.bytes = 0
        self.count = 0
        self.left_out = 0
        self._anchors: dict[str, str] = {}

    def show(
        self, file: str, look: Look | None = None, text: str = ''
    ) -> Shown:
        """The frames of a clip, or why there are none.

        Args:
            file: The clip.
            look: Where a model looks for a text.
            text: The text.
        """
        if file in self._anchors and look is None:
            return Shown(file, self._anchors[file])
        if not Path(file).is_file():
            return Shown(file, why_not='the file is not there any more')
        if self.count >= self.limit or self.bytes > MOST_BYTES:
            self.left_out += 1
            return Shown(file)
        self.count += 1
        self.advance()
        rows = _look_at(look, file, text) if look else None
        try:
            strip = _fit(rows or [read_frames(file, FRAMES)])
        except unreadable() as error:
            return Shown(file, why_not=f'cannot be read: {reason(error)}')
        self.bytes += len(strip.source)
        anchor = self._anchors[file] = f'clip-{self.count}'
        return Shown(file, anchor, strip, bool(rows))

    def known(self, file: str) -> Shown:
        """Where a clip stands on the page already, if it does."""
        return Shown(file, self._anchors.get(file, ''))


def _look_at(look: Look, file: str, text: str) -> Sequence[np.ndarray] | None:
    """What a look makes; None, and a line in the log, if it fails."""
    try:
        return look(file, text)
    except Exception as error:  # any fault of any model; the page goes on
        print_log(
            f'no attention for {file}: {type(error).__name__}: '
            f'{last_line(error)}',
            logger='current',
            level=logging.WARNING,
        )
        return None


def _fit(rows: Sequence[np.ndarray]) -> Strip:
    """Rows of frames as large as a page has room for."""
    number, height, width = rows[0].shape[:3]
    return frame_strip(
        rows, min(HEIGHT, max(1, round(WIDTH * height / (number * width))))
    )
