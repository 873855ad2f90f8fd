"""ViFi-CLIP's base and novel classes: the frequent half and the other."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.errors import UserError


class Halves(NamedTuple):
    """Labels of all classes; a class's new label is its place."""

    base: tuple[int, ...]
    novel: tuple[int, ...]


def split_classes(counts: Sequence[int]) -> Halves:
    """Sort the classes by (count, label); the first half is novel.

    With an odd number of classes there is one base class more.  The published
    splits of UCF101 and SSv2 are exactly these, ids included.

    Args:
        counts: The number of training videos of each class.

    Raises:
        UserError: If there are fewer than two classes.
    """
    if len(counts) < 2:
        raise UserError(
            f'{len(counts)} class cannot be split into base and novel ones, '
            'expected 2 or more'
        )
    order = sorted(range(len(counts)), key=lambda i: (counts[i], i))
    half = len(order) // 2
    return Halves(tuple(order[half:]), tuple(order[:half]))


def describe_tie(
    counts: Sequence[int], halves: Halves, class_names: Sequence[str]
) -> str | None:
    """A line about classes that their count did not separate, if any."""
    threshold = counts[halves.base[0]]
    base = [i for i in halves.base if counts[i] == threshold]
    novel = [i for i in halves.novel if counts[i] == threshold]
    if not novel:
        return None
    tied = len(base) + len(novel)
    if tied == len(counts):
        return (
            f'all {tied} classes have {threshold} training videos: the split '
            'is by class order, not by frequency'
        )
    names = (
        ', '.join(class_names[i] for i in part[:5])
        + (', ...' if len(part) > 5 else '')
        for part in (base, novel)
    )
    return (
        f'{tied} classes have {threshold} training videos, the count at which '
        'the halves meet: for these the split is by class order, not by '
        'frequency (base: {}; novel: {})'.format(*names)
    )


def renumber(
    videos: Iterable[LabelledVideo], labels: Sequence[int]
) -> list[LabelledVideo]:
    """The videos of some classes, labelled by the class's place among them."""
    places = {label: place for place, label in enumerate(labels)}
    return [
        LabelledVideo(path, places[label])
        for path, label in videos
        if label in places
    ]
