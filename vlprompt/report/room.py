"""How much of each test a page shows."""

from typing import NamedTuple


class Room(NamedTuple):
    """How much of a test has room on a page.

    Attributes:
        mistakes: That are shown.
        groups: Confused pairs whose clips are listed.
        cells: Of a matrix of many classes, which is left out otherwise.
        classes: Rows of the table of classes.
    """

    mistakes: int
    groups: int
    cells: int
    classes: int


def share_room(num_tests: int, clips: int) -> Room:
    """The room of each of some tests on a page below 5 MB.

    Args:
        num_tests: How many there are.
        clips: Strips that all of them may show.
    """
    parts = max(num_tests, 1)
    # Two thirds for mistakes, the others for confused pairs.
    mistakes = round(clips * 2 / 3 / parts)
    return Room(
        max(1, min(20, mistakes)),
        max(10, 300 // parts),
        3000 // parts,
        max(12, 2000 // parts),
    )
