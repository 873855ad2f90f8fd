"""MMAction2's visualizer writes videos with moviepy 1."""

from .remedy import Remedy
from .versions import installed, parse


def is_needed() -> bool:
    """Whether moviepy 2 is installed."""
    return parse(installed('moviepy') or '0') >= (2,)


REMEDY = Remedy(
    package='moviepy',
    reason="MMAction2's visualizer writes videos with moviepy 1",
    is_needed=is_needed,
    advice='pip install "moviepy<2"',
)
