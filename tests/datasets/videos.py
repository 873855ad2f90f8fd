"""Small real video files."""

import cv2
import numpy as np


def write_video(path, num_frames=20, size=(64, 48), value=None):
    """A clip whose frame i has brightness 10 * i, or a constant one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), 10, size
    )
    for i in range(num_frames):
        level = 10 * i % 250 if value is None else value
        writer.write(np.full((*size[::-1], 3), level, np.uint8))
    writer.release()
    return path
