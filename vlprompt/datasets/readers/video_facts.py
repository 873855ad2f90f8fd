"""What is known of a video file."""

from typing import NamedTuple


class VideoFacts(NamedTuple):
    """What a video file is like, and what is wrong with it, if anything.

    Attributes:
        frames: How many there are.
        width: Of the frames as they are shown.
        height: Of the frames as they are shown.
        fps: Frames for each second.
        problem: Why it cannot be read.
        access: How frames are found: ``'by index'``, ``'in order'`` or ``'in
            order, damaged'``.
        decord: Why ``DecordInit`` cannot be trusted with it.
    """

    frames: int = 0
    width: int = 0
    height: int = 0
    fps: float = 0.0
    problem: str = ''
    access: str = ''
    decord: str = ''
