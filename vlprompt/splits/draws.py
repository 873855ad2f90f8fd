"""Draws of clips that depend on nothing but the seed and the clip.

The clips of a class are sorted by the SHA-256 of their key, and the first K
are drawn.  There is no random generator whose numbers could change with a
version or a platform, and neither the order of the list nor other classes
change what is drawn.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.errors import UserError


def sort_key(*parts: object) -> str:
    """The SHA-256 of ``part:part:...`` as 64 hexadecimal digits."""
    text = ':'.join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()


class IndependentDraw(NamedTuple):
    """Draws of different K share videos by chance only.

    The key is ``seed:label:K:path``.
    """

    seed: int
    shots: int

    def key(self, video: LabelledVideo) -> str:
        """What a class's videos are sorted by."""
        return sort_key(self.seed, video.label, self.shots, video.path)


class NestedDraw(NamedTuple):
    """A draw of K videos contains the draws of fewer.

    The key is ``seed:label:path``.
    """

    seed: int
    shots: int

    def key(self, video: LabelledVideo) -> str:
        """What a class's videos are sorted by."""
        return sort_key(self.seed, video.label, video.path)


Draw = IndependentDraw | NestedDraw
DRAWS = {'independent': IndependentDraw, 'nested': NestedDraw}


def draw_videos(
    videos: Sequence[LabelledVideo], labels: Sequence[int], draw: Draw
) -> list[LabelledVideo]:
    """Draw from some classes.

    Args:
        videos: All videos.
        labels: The classes to draw from.
        draw: How many, and by which key.

    Returns:
        Class by class as in ``labels``, in the order in which they were
        drawn; all videos of a class that has fewer.
    """
    classes = defaultdict(list)
    for video in videos:
        classes[video.label].append(video)
    return [
        video
        for label in labels
        for video in sorted(classes[label], key=draw.key)[: draw.shots]
    ]


def check_enough(
    counts: Sequence[int],
    class_names: Sequence[str],
    labels: Sequence[int],
    shots: int,
) -> None:
    """Refuse to draw more videos than a class has.

    Args:
        counts: The number of videos of each class of ``class_names``.
        class_names: All classes.
        labels: The classes to draw from.
        shots: The number of videos to draw.

    Raises:
        UserError: With the first such class.
    """
    small = [label for label in labels if counts[label] < shots]
    if not small:
        return
    label = min(small)
    others = ''
    if len(small) > 1:
        others = f', and {len(small) - 1} other classes too few'
    raise UserError(
        f'class {label} ({class_names[label]!r}) has {counts[label]} training '
        f'videos, expected {shots} or more{others}; --allow-fewer takes all '
        'of such classes'
    )
