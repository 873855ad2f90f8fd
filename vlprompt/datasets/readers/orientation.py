"""Which way up a frame is to be shown."""

from typing import Any

import numpy as np

TURNED = 0.02  # of a side, about one degree; as FFmpeg's own program


def display_matrix(frame: Any) -> np.ndarray | None:
    """The (2, 2) matrix that a frame is shown with; None if there is none.

    The first row says where the horizontal axis of the picture goes, the
    second where the vertical one goes; columns are horizontal and vertical.
    """
    try:
        data = frame.side_data.get('DISPLAYMATRIX')
    except ValueError:  # PyAV does not know what else comes with the frame
        return _rotation(frame.rotation)
    if data is None:
        return None
    whole = np.frombuffer(bytes(data), np.int32, 9).reshape(3, 3)
    return whole[:2, :2] / 65536


def _rotation(degrees: int) -> np.ndarray:
    """The matrix of an angle, against the clock."""
    angle = np.deg2rad(-degrees)
    return np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )


def is_turned(matrix: np.ndarray | None) -> bool:
    """Whether width and height change places."""
    return matrix is not None and bool(
        abs(matrix[0, 1]) > abs(matrix[0, 0])
        and abs(matrix[1, 0]) > abs(matrix[1, 1])
    )


def is_upright(matrix: np.ndarray) -> bool:
    """Whether it only turns by right angles and mirrors."""
    straight, crossed = np.abs(np.diag(matrix)), np.abs(np.diag(matrix[::-1]))
    if is_turned(matrix):
        straight, crossed = crossed, straight
    return bool((crossed <= TURNED * straight).all())


def is_mirrored(matrix: np.ndarray | None) -> bool:
    """Whether left and right, or up and down, change places."""
    return matrix is not None and bool(np.linalg.det(matrix) < 0)


def orient(image: np.ndarray, matrix: np.ndarray | None) -> np.ndarray:
    """(H, W, 3) as it is to be shown; other angles are left as they are."""
    if matrix is None or not is_upright(matrix):
        return image
    if is_turned(matrix):
        image = image.swapaxes(0, 1)
        matrix = matrix[::-1]
    across, down = np.diag(matrix)
    image = image[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1]
    return np.ascontiguousarray(image)
