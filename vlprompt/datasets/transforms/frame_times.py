"""When the frames of a video are shown."""

import numpy as np

ROUNDING = 0.0005  # seconds; Matroska has whole milliseconds


def frame_times(results: dict) -> np.ndarray:
    """(N,) seconds from the first frame on.

    MMAction2's readers do not tell them; its ``avg_fps`` then stands for
    them, and without a rate a frame is a second.
    """
    total = results['total_frames']
    times = results.get('frame_times')
    if times is None:
        times = np.arange(total) / (results.get('avg_fps') or 1.0)
    return times[:total]


def video_end(results: dict) -> float:
    """Seconds after which the last frame is not shown any more."""
    rate = results.get('avg_fps')
    return frame_times(results)[-1] + (1 / rate if rate else 2 * ROUNDING)
