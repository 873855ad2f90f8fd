"""What the protocols know of a data set."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple


class Split(NamedTuple):
    """A list of videos below the data set's folder, and its class list.

    ``{root}`` in the name of a class list is the data set's folder.
    """

    ann_file: str
    classes: str | Sequence[str]


@dataclasses.dataclass(frozen=True)
class ProtocolData:
    """One data set, as the protocols use it.

    Args:
        title: Its name in tables.
        root: Its folder below the data root.
        published: Its name in ``vlprompt/protocols/published_numbers.csv``.
        videos: The folder of its videos, below that.
        full: All classes: the list that is tested, and trained models too.
        train: All classes: the list to train on.
        zero_shot: Names and lists of the zero-shot splits.
        few_shot: The training list with ``{shots}`` in its name.
        shots: The shots there are lists for.
        base_train: The training list of base classes with ``{seed}``.
        base: Base classes, to be tested.
        novel: Novel classes, to be tested.
    """

    title: str
    root: str
    published: str = ''
    videos: str = 'videos'
    full: Split | None = None
    train: Split | None = None
    zero_shot: dict[str, Split] = dataclasses.field(default_factory=dict)
    few_shot: str = ''
    shots: tuple[int, ...] = (2, 4, 8, 16)
    base_train: str = ''
    base: Split | None = None
    novel: Split | None = None


@dataclasses.dataclass(frozen=True)
class CaptionData:
    """One data set of captions.

    Args:
        title: Its name in tables.
        root: Its folder below the data root; its videos are in ``videos``.
        published: Its name in ``vlprompt/protocols/published_numbers.csv``.
        train: The list to train on, below that folder.
        test: The list to test on.
        val: The list to choose an epoch by; None if there is none, in which
            case the test is also what is watched in training.
        own_config: Whether it needs configs of its own, which read other
            frames than those of the other data sets do.
    """

    title: str
    root: str
    published: str
    train: str = 'train.json'
    test: str = 'test.json'
    val: str | None = 'val.json'
    own_config: bool = False
