"""Models that others have put on the Hub and that are read as they are."""

from collections.abc import Iterator
from typing import NamedTuple

OWNER = 'hf://microsoft/'
SHOTS = (2, 4, 8, 16)
# Name, what it was trained on, frames.
OF_KINETICS = (
    ('xclip-base-patch32', 'K-400', 8),
    ('xclip-base-patch32-16-frames', 'K-400', 16),
    ('xclip-base-patch16', 'K-400', 8),
    ('xclip-base-patch16-16-frames', 'K-400', 16),
    ('xclip-base-patch16-zero-shot', 'K-400', 32),
    ('xclip-large-patch14', 'K-400', 8),
    ('xclip-large-patch14-16-frames', 'K-400', 16),
    ('xclip-base-patch16-kinetics-600', 'K-600', 8),
    ('xclip-base-patch16-kinetics-600-16-frames', 'K-600', 16),
    ('xclip-large-patch14-kinetics-600', 'K-600', 8),
)
OF_FEW_SHOTS = (('hmdb', 'HMDB-51'), ('ucf', 'UCF-101'))


class ReleasedModel(NamedTuple):
    """A model of the Hub.

    Attributes:
        name: Behind ``OWNER``.
        method: Whose it is.
        data: What it was trained on.
        frames: Of a view.
    """

    name: str
    method: str
    data: str
    frames: int

    @property
    def address(self) -> str:
        """What ``--model`` takes."""
        return OWNER + self.name


def released_models() -> Iterator[ReleasedModel]:
    """The X-CLIP models that its authors' group has put there."""
    for name, data, frames in OF_KINETICS:
        yield ReleasedModel(name, 'X-CLIP', data, frames)
    for name, data in OF_FEW_SHOTS:
        for shots in SHOTS:
            full = f'xclip-base-patch16-{name}-{shots}-shot'
            yield ReleasedModel(full, 'X-CLIP', data, 32)
